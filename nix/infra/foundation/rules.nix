# What must hold for what all environments share.
{ lib, project }:
let
  inherit (project.foundation) github provider repositories;
  versions = import ../provider.nix { inherit lib; };
  oldest = versions.oldest provider;
  needed = if repositories.shareLayers then versions.blobMounting else "5.100";
  # What the policies of a role may hold together is 10,240 characters; each environment adds about a thousand.
  room = 5;
  count = lib.length (lib.attrNames project.environments);
  subjects = if github == null then [ ] else github.subjects;
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
    assertion = github == null || count <= room;
    message = "foundation.github: a role's policies have room for ${toString room} environments, there are ${toString count}; describe some of them in a project of their own";
  }
  {
    assertion = github == null || subjects != [ ];
    message = "foundation.github.subjects = [ ]: nobody could take the role; name a branch, such as \"ref:refs/heads/main\"";
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
)
++ map (subject: {
  assertion = !lib.hasInfix "*" subject;
  message = "foundation.github.subjects: `${subject}` would let in runs that nobody reviewed, such as those of pull requests; name branches or environments, without stars";
}) subjects
++ [
  {
    assertion = !lib.elem "pull_request" subjects;
    message = "foundation.github.subjects: `pull_request` would let runs release that nobody reviewed; `pullRequests = true` lets them plan";
  }
]
