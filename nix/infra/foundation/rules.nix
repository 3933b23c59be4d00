# What must hold for what all environments share.
{
  lib,
  project,
  environments,
}:
let
  inherit (project.foundation)
    github
    provider
    repositories
    signatures
    ;
  versions = import ../provider.nix { inherit lib; };
  oldest = versions.oldest provider;
  needed = if repositories.shareLayers then versions.blobMounting else "5.100";
  names = import ../names.nix { inherit lib project; };
  # What the policies of a role may hold together, spaces not counted.
  room = 10240;
  strangers = said: lib.filter (name: !environments ? ${name}) (lib.optionals (lib.isList said) said);
  unknown = lib.concatMap (option: map (name: { inherit name option; }) (strangers github.${option})) [
    "infrastructure"
    "pullRequests"
  ];
  policies =
    (import ./permissions.nix {
      inherit
        environments
        lib
        names
        project
        ;
      account = "123456789012";
      partition = names.partition project.foundation.region;
    }).deploy;
  size =
    environment:
    lib.foldl' (sum: statements: sum + lib.stringLength (builtins.toJSON statements)) 0 (
      lib.attrValues (policies environment)
    );
in
[
  {
    assertion = oldest != null && lib.versionAtLeast oldest needed;
    message = "foundation.provider = \"${provider}\": must not allow versions before ${needed}; use \">= ${needed}, < 7\"";
  }
  {
    assertion =
      github == null || builtins.match "[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+" github.repository != null;
    message = "foundation.github.repository = \"${github.repository}\": must be owner and name, such as example/items";
  }
  {
    assertion = signatures.required -> signatures.enable;
    message = "foundation.signatures.required = true: there is no key to sign with; set `foundation.signatures.enable`, too";
  }
]
++ lib.optionals (github != null) (
  lib.optional (github.ownerId == null && github.repositoryId == null) {
    warning = "foundation.github.ownerId = null: whoever has the name ${github.repository} one day could take the role; `gh api repos/${github.repository} --jq '.owner.id, .id'` says `ownerId` and `repositoryId`";
  }
  ++
    map
      (missing: {
        assertion = (github.ownerId == null) == (github.repositoryId == null);
        message = "foundation.github.${missing} = null: one number is not enough; say both, or none";
      })
      (
        lib.filter (id: github.${id} == null) [
          "ownerId"
          "repositoryId"
        ]
      )
  ++ [
    {
      assertion = github.subjects == null;
      message = "foundation.github.subjects: each environment has a role of its own now, for runs that name the environment of GitHub with the same name; leave it out, and say by `refs` of which branches";
    }
  ]
  ++ map (ref: {
    assertion = builtins.match "refs/(heads|tags)/[^*?]+" ref != null;
    message = "foundation.github.refs: `${ref}` must be a branch or a tag without stars, such as refs/heads/main";
  }) github.refs
  ++ map (
    { name, option }:
    {
      assertion = false;
      message = "foundation.github.${option}: there is no environment `${name}`; there are ${lib.concatStringsSep ", " (lib.attrNames environments)}";
    }
  ) unknown
  ++ lib.optionals (unknown == [ ]) (
    lib.mapAttrsToList (name: environment: {
      assertion = size environment <= room;
      message = "foundation.github: the policies of the role that releases to ${name} would have ${toString (size environment)} characters, AWS allows ${toString room}; describe some of the services in a project of their own";
    }) environments
  )
)
