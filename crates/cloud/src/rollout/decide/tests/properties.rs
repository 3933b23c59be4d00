//! What holds of every rollout.

use super::{chance::Chance, *};

const SEEDS: u64 = 3000;
/// Nothing may be followed longer than this: time to come, time to go back, and a minute to begin.
const END: i64 = 2 * 900 + 60 + STEP;
const STEP: i64 = 45;

/// Plays a rollout by chance; calls `each` with what was seen and what came of it.
fn play(seed: u64, mut each: impl FnMut(&Observation, &[Event], &Next)) {
    let mut chance = Chance::new(seed);
    let mut rollout = rollout();
    let mut seconds = 0;
    loop {
        let observation = chance.observation(at(seconds));
        let (events, next) = rollout.look(&observation);
        each(&observation, &events, &next);
        match next {
            Next::End(_) => return,
            Next::Stop { .. } if chance.one_in(3) => {
                rollout.not_stopped("no");
            }
            Next::Stop { .. } | Next::Wait => {}
        }
        seconds += i64::try_from(chance.below(u64::try_from(STEP).unwrap())).unwrap() + 1;
        assert!(seconds < 2 * END, "seed {seed}: is followed for ever");
    }
}

#[test]
fn live_is_said_of_what_is_live_and_of_nothing_else() {
    let mut lives = 0;
    for seed in 0..SEEDS {
        play(seed, |seen, _, next| {
            if *next != Next::End(Verdict::Live) {
                return;
            }
            lives += 1;
            let Observation::Seen(seen) = seen else { panic!("seed {seed}: live while nothing was seen") };
            let healthy = |task: &Task| match &seen.targets {
                None => true,
                Some(targets) => targets
                    .iter()
                    .any(|target| Some(&target.address) == task.address.as_ref() && target.state == "healthy"),
            };
            let serving = seen
                .tasks
                .iter()
                .filter(|task| task.ours && task.stage == Stage::Running && task.healthy && healthy(task));
            assert!(serving.count() >= seen.desired as usize, "seed {seed}: {seen:?}");
            assert!(seen.desired > 0, "seed {seed}: {seen:?}");
            assert!(seen.tasks.iter().all(|task| task.ours), "seed {seed}: an old digest serves: {seen:?}");
            assert_eq!(seen.serving, Serving::Ours, "seed {seed}: {seen:?}");
            assert_eq!(seen.attempt.as_ref().map(|attempt| attempt.phase), Some(Phase::Successful), "seed {seed}");
            assert!(!matches!(seen.answering, Answering::No(_)), "seed {seed}: nobody answers");
        });
    }
    assert!(lives > 100, "chance made {lives} rollouts live: too few to say anything");
}

#[test]
fn every_rollout_ends_in_time() {
    for seed in 0..SEEDS {
        let mut last = at(0);
        play(seed, |seen, _, _| {
            last = match seen {
                Observation::Seen(seen) => seen.at,
                Observation::Silence { at, .. } => *at,
            }
        });
        assert!(last <= at(END), "seed {seed}: ended at {last}");
    }
}

#[test]
fn no_event_is_told_twice_and_outages_end_before_they_begin_again() {
    for seed in 0..SEEDS {
        let (mut told, mut silent) = (BTreeSet::new(), false);
        play(seed, |_, events, _| {
            for event in events {
                match event {
                    Event::Silent(_) => assert!(!std::mem::replace(&mut silent, true), "seed {seed}"),
                    Event::BackAgain => assert!(std::mem::replace(&mut silent, false), "seed {seed}"),
                    event => assert!(told.insert(event.clone()), "seed {seed}: {event:?} twice"),
                }
            }
        });
    }
}

#[test]
fn a_deployment_is_stopped_once() {
    for seed in 0..SEEDS {
        let mut stops = 0;
        play(seed, |_, _, next| stops += u32::from(matches!(next, Next::Stop { .. })));
        assert!(stops <= 1, "seed {seed}: stopped {stops} times");
    }
}
