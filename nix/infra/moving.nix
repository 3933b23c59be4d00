# How long traffic takes to move to a release, once its tasks are there; crates/model says the same.
{ lib }:
{
  minutes =
    environment:
    let
      inherit (environment.deployment)
        bake
        step
        stepBake
        strategy
        ;
      steps = {
        blue-green = 0;
        canary = 1;
        # The last step is followed by the bake.
        linear = (99 + lib.max 1 step) / lib.max 1 step - 1;
      };
    in
    if steps ? ${strategy} then bake + steps.${strategy} * stepBake else 0;
}
