# docs/options.md: every option of infra.nix, from its declaration.
{ lib }:
options:
let
  all = lib.sort (left: right: left.name < right.name) (
    lib.filter (
      option:
      option.visible
      && !option.internal
      && !(lib.hasPrefix "_module" option.name || lib.hasPrefix "assertions" option.name)
    ) (lib.optionAttrSetToDocList options)
  );

  # Those below a prefix, which is what a section is called after.
  sections = [
    {
      title = "The project";
      prefix = "";
      text = "";
    }
    {
      title = "Services";
      prefix = "services.<name>.";
      text = "One for each `services.NAME`. An environment can say any of them differently: `environments.prod.services.NAME.cpu = 1024`.";
    }
    {
      title = "Environments";
      prefix = "environments.<name>.";
      text = "One for each `environments.NAME`.";
    }
    {
      title = "Foundation";
      prefix = "foundation.";
      text = "What all environments share.";
    }
  ];
  prefixes = lib.filter (prefix: prefix != "") (map (section: section.prefix) sections);
  isIn =
    prefix: option:
    if prefix == "" then
      !(lib.any (other: lib.hasPrefix other option.name) prefixes)
    else
      lib.hasPrefix prefix option.name;

  code = text: if lib.hasInfix "`" text then text else "`${text}`";
  literal =
    value:
    let
      written = value.text or (lib.generators.toPretty { multiline = false; } value);
      text = lib.concatStringsSep " " (
        lib.filter (word: word != "") (lib.splitString " " (lib.replaceStrings [ "\n" ] [ " " ] written))
      );
    in
    # What is prose has its own marks, or none.
    if
      lib.hasInfix "`" text
      ||
        lib.hasInfix " " text && !lib.hasInfix "{" text && !lib.hasInfix "[" text && !lib.hasInfix "\"" text
    then
      text
    else
      code text;

  line = option: ''
    ### `${option.name}`

    ${lib.trim option.description}

    - type: ${option.type}
    ${lib.optionalString (option ? default) "- default: ${literal option.default}\n"}${
      lib.optionalString (option ? example) "- example: ${literal option.example}\n"
    }'';

  sectionOf =
    {
      title,
      prefix,
      text,
    }:
    ''
      ## ${title}

      ${lib.optionalString (text != "") "${text}\n\n"}${
        lib.concatMapStringsSep "\n" line (lib.filter (isIn prefix) all)
      }'';
in
''
  # Options of infra.nix

  Made from the declarations in `nix/infra` by `nix/render`; do not edit. What AWS would refuse is refused while evaluating,
  all of it at once, with the option's path, its value, the rule and what to do.

  ${lib.concatMapStringsSep "\n" sectionOf sections}''
