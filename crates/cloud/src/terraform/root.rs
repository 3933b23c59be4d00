//! One root: one configuration with its state.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use model::progress::Progress;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    apply::Applying,
    binary::Terraform,
    configuration::{Configuration, Requirement},
    directory::{Directory, state_directory},
    drift::Drift,
    fault::Fault,
    leftover,
    lockfile::{LOCK_FILE, locked},
    message::Message,
    plan::Plan,
    plugins, process,
    retained::Retained,
    saved::SavedPlan,
    selection::Selection,
    summary::Summary,
    tools::Tools,
    variables::Variables,
};
use crate::{aws::s3::Bucket, owner, scheduled::Scheduled};

const PLAN: &str = "plan.tfplan";
const REFRESH: &str = "refresh.tfplan";
const VARIABLES: &str = "release.auto.tfvars.json";
/// What is said of resources that outlive a release. With the configuration's suffix: it goes when another is installed.
const KEPT: &str = "kept.tf.json";
/// What the directory was initialised for.
const STAMP: &str = "initialised";

/// Where the state is.
#[derive(Clone, Debug)]
pub struct Backend {
    /// The state bucket.
    pub bucket: Bucket,
}

impl Backend {
    /// An error where the bucket is not its owner's. Terraform itself does not ask, so this is done before each of its starts.
    pub(super) async fn check(&self) -> anyhow::Result<()> {
        // That there is none Terraform says.
        owner::exists(&self.bucket).await.map(drop)
    }
}

/// What a plan is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    /// All that the configuration says.
    #[default]
    Everything,
    /// These addresses, and what they need.
    Only(Vec<String>),
    /// Nothing is left.
    Nothing,
}

/// What a plan of an environment is told.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    variables: &'a Variables,
    /// Roots without schedules do not know it.
    #[serde(skip_serializing_if = "Scheduled::is_empty")]
    ranges: &'a Scheduled,
}

/// What an apply did.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Resources that were changed.
    pub changed: usize,
    /// The root's outputs, without those that are secret.
    pub outputs: BTreeMap<String, Value>,
}

/// A root in its work directory, ready to be planned.
#[derive(Debug)]
pub struct Root {
    /// `foundation`, or the name of an environment.
    pub name: String,
    terraform: Terraform,
    backend: Backend,
    directory: Directory,
    scheduled: Scheduled,
}

/// The private directory in which a root is planned.
pub fn work_directory(backend: &Backend, name: &str) -> anyhow::Result<PathBuf> {
    Ok(state_directory()?.join("roots").join(backend.bucket.name()).join(name))
}

impl Root {
    /// Puts the configuration in `from` into a directory of its own and initialises it.
    pub async fn open(
        terraform: &Terraform,
        backend: &Backend,
        name: &str,
        from: &Path,
        progress: &dyn Progress,
    ) -> anyhow::Result<Self> {
        let directory = Directory::take(work_directory(backend, name)?)?;
        leftover::wait(&directory, progress).await?;
        if let Some(unsaved) = leftover::unsaved_in(&directory.path) {
            return Err(Fault::unpushed(name, unsaved.file).into());
        }
        let (terraform, backend) = (terraform.clone(), backend.clone());
        let scheduled = Scheduled::default();
        let root = Self { name: name.to_owned(), terraform, backend, directory, scheduled };
        root.directory.install(from)?;
        root.prepare(from, progress).await?;
        Ok(root)
    }

    /// Initialises for the configuration in `from`, which has been installed.
    async fn prepare(&self, from: &Path, progress: &dyn Progress) -> anyhow::Result<()> {
        let configuration = Configuration::read(from)?;
        if configuration.lock.is_none() {
            plugins::renew(self.path(), self.terraform.plugins.as_deref())?;
        }
        let upgrade = configuration.lock.is_none() && self.has_to_upgrade(&configuration);
        self.initialise(&configuration, upgrade, progress).await
    }

    /// Has the next plan keep what outlives a release.
    pub fn retain(&self, retained: &Retained) -> anyhow::Result<()> {
        match retained.document() {
            Some(document) => self.directory.write(KEPT, &serde_json::to_vec_pretty(&document)?),
            None => Ok(()),
        }
    }

    /// Has the next plan leave what schedules have set as it is.
    pub fn heed(&mut self, scheduled: Scheduled) {
        self.scheduled = scheduled;
    }

    /// Where its files are.
    pub fn path(&self) -> &Path {
        &self.directory.path
    }

    /// The configuration that is planned.
    pub fn configuration(&self) -> PathBuf {
        self.directory.path.join("config.tf.json")
    }

    /// What it is planned with.
    pub fn tools(&self) -> Tools {
        Tools::of(&self.terraform, &self.lock())
    }

    /// The versions of providers that this directory has chosen.
    fn lock(&self) -> String {
        fs::read_to_string(self.directory.path.join(LOCK_FILE)).unwrap_or_default()
    }

    /// Whether a provider that this directory remembers is one that the configuration does not allow any more, or that
    /// cannot be had any more. Nobody has chosen it, so nobody has to be asked.
    fn has_to_upgrade(&self, configuration: &Configuration) -> bool {
        configuration.providers().any(|needed| {
            let selection = Selection::of(&self.terraform, configuration, &needed, &self.directory.path);
            selection.is_ok_and(Selection::is_new)
        })
    }

    async fn initialise(
        &self,
        configuration: &Configuration,
        upgrade: bool,
        progress: &dyn Progress,
    ) -> anyhow::Result<()> {
        let stamp = self.stamp(configuration);
        let path = &self.directory.path;
        let is_done = || fs::read_to_string(path.join(STAMP)).is_ok_and(|old| old == stamp);
        // That of the project may choose for the other program alone.
        let lock = self.lock();
        let chooses = |needed: Requirement| locked(&lock, &needed.source, self.terraform.registry()).is_some();
        if !upgrade && configuration.providers().all(chooses) && path.join(LOCK_FILE).is_file() && is_done() {
            return Ok(());
        }
        let step = progress.step(&format!("initialising `{}` with {}", self.name, self.terraform.name));
        let bucket = format!("-backend-config=bucket={}", self.backend.bucket.name());
        let mut arguments = vec!["init", "-input=false", "-json", "-reconfigure", &bucket];
        arguments.extend(upgrade.then_some("-upgrade"));
        self.run(&arguments, &format!("initialising `{}`", self.name), |_| {}).await?;
        self.directory.write(STAMP, stamp.as_bytes())?;
        step.done("");
        Ok(())
    }

    /// Equal where another `init` would change nothing.
    fn stamp(&self, configuration: &Configuration) -> String {
        let (program, version) = (self.terraform.program.display(), self.terraform.version);
        format!("{program} {version} {} {}\n", self.backend.bucket.name(), configuration.requirements())
    }

    /// Plans for `goal`. The foundation has no variables.
    ///
    /// Planning takes no lock: a plan that was made beside somebody else's work is refused when it is applied.
    pub async fn plan(
        &self,
        goal: &Goal,
        variables: Option<&Variables>,
        progress: &dyn Progress,
    ) -> anyhow::Result<SavedPlan> {
        self.tell(variables, &self.scheduled)?;
        let step = progress.step(&format!("planning `{}`", self.name));
        let out = format!("-out={PLAN}");
        let mut arguments = vec!["plan".to_owned(), "-input=false".to_owned(), "-json".to_owned()];
        arguments.extend(["-lock=false".to_owned(), out]);
        match goal {
            Goal::Everything => {}
            Goal::Only(addresses) => arguments.extend(addresses.iter().map(|address| format!("-target={address}"))),
            Goal::Nothing => arguments.push("-destroy".to_owned()),
        }
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        self.run(&arguments, &format!("planning `{}`", self.name), |_| {}).await?;
        let plan = self.show(PLAN).await?;
        let mut summary = Summary::of(&self.name, &plan);
        step.done("");
        if *goal == Goal::Everything {
            self.tell_what_is_left(&mut summary, &plan, progress)?;
        }
        Ok(SavedPlan { file: self.directory.path.join(PLAN), plan, summary })
    }

    /// Says what somebody changed that this plan leaves as it is: the next refresh takes it into the state.
    fn tell_what_is_left(&self, summary: &mut Summary, plan: &Plan, progress: &dyn Progress) -> anyhow::Result<()> {
        summary.drift = Drift::of(plan, &Configuration::read(self.path())?);
        summary.drift.retain(|drift| !drift.undone);
        for drift in &summary.drift {
            progress.note(&format!("changed outside of releases, and left so: {}", drift.words()));
        }
        Ok(())
    }

    /// Takes over a plan that was made elsewhere, from the file that was saved then.
    pub async fn adopt(&self, file: &Path, variables: Option<&Variables>) -> anyhow::Result<SavedPlan> {
        // What schedules had set then is in the plan.
        self.tell(variables, &Scheduled::default())?;
        let bytes = fs::read(file).with_context(|| format!("reading `{}`", file.display()))?;
        self.directory.write(PLAN, &bytes)?;
        let plan = self.show(PLAN).await?;
        Ok(SavedPlan { file: self.directory.path.join(PLAN), summary: Summary::of(&self.name, &plan), plan })
    }

    /// Applies `saved`, and nothing else.
    pub async fn apply(&self, saved: &SavedPlan, progress: &dyn Progress) -> anyhow::Result<Applied> {
        let doing = format!("applying `{}`", self.name);
        let file = saved.file.display().to_string();
        let changes = &saved.summary;
        let total = changes.create + changes.change + changes.destroy + 2 * changes.replace;
        let mut applying = Applying::begin(&doing, total, progress);
        let ended = self.run(&["apply", "-input=false", "-json", &file], &doing, |message| applying.see(message)).await;
        // A plan can be applied once, and may hold secrets.
        let _ = fs::remove_file(&saved.file);
        match ended {
            Ok(()) => Ok(Applied { changed: applying.changed, outputs: applying.done() }),
            Err(error) => Err(match error.downcast::<Fault>() {
                Ok(Fault::Failed { doing, diagnostics, remedy, .. }) => {
                    Fault::Failed { doing, diagnostics, changed: applying.changed, remedy }.into()
                }
                Ok(Fault::Interrupted { doing, .. }) => {
                    Fault::interrupted(doing, "; what was done until then is in the state").into()
                }
                Ok(fault) => fault.into(),
                Err(error) => error,
            }),
        }
    }

    /// Has the state say what the resources became by the end of an apply: some are seen in full only once others are there.
    /// Changes nothing but the state.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        let arguments = ["apply", "-refresh-only", "-auto-approve", "-input=false", "-json"];
        self.run(&arguments, &format!("reading `{}` again", self.name), |_| {}).await
    }

    /// What is not as the state says.
    pub async fn drift(&self, variables: Option<&Variables>, progress: &dyn Progress) -> anyhow::Result<Vec<Drift>> {
        self.tell(variables, &self.scheduled)?;
        let step = progress.step(&format!("looking for drift in `{}`", self.name));
        // An ordinary plan, not `-refresh-only`: it also says what it would undo.
        let out = format!("-out={REFRESH}");
        let arguments = ["plan", "-input=false", "-json", "-lock=false", &out];
        self.run(&arguments, &format!("looking for drift in `{}`", self.name), |_| {}).await?;
        let plan = self.show(REFRESH).await?;
        let _ = fs::remove_file(self.directory.path.join(REFRESH));
        step.done("");
        Ok(Drift::of(&plan, &Configuration::read(self.path())?))
    }

    /// The outputs in the state, without those that are secret. Empty if nothing was applied yet.
    pub async fn outputs(&self) -> anyhow::Result<BTreeMap<String, Value>> {
        #[derive(Deserialize)]
        struct Output {
            sensitive: bool,
            value: Value,
        }
        let text = self.text(&["output", "-json"], "reading the outputs").await?;
        let outputs: BTreeMap<String, Output> = serde_json::from_str(&text).context("reading the outputs")?;
        let public = outputs.into_iter().filter(|(_, output)| !output.sensitive);
        Ok(public.map(|(name, output)| (name, output.value)).collect())
    }

    fn tell(&self, variables: Option<&Variables>, ranges: &Scheduled) -> anyhow::Result<()> {
        match variables {
            Some(variables) => {
                let told = Told { variables, ranges };
                self.directory.write(VARIABLES, &serde_json::to_vec_pretty(&told)?)
            }
            None => Ok(()),
        }
    }

    async fn show(&self, file: &str) -> anyhow::Result<Plan> {
        let text = self.text(&["show", "-json", file], "reading the plan").await?;
        serde_json::from_str(&text).context("reading the plan")
    }

    /// Runs what answers with one document.
    async fn text(&self, arguments: &[&str], doing: &str) -> anyhow::Result<String> {
        let mut text = String::new();
        self.backend.check().await?;
        let command = self.terraform.command(&self.directory.path, arguments);
        let ended = process::run(command, self.directory.files(), doing, |line| {
            text.push_str(line);
            text.push('\n');
        });
        let ended = ended.await?;
        if ended.status.success() { Ok(text) } else { Err(Fault::of(&self.name, &ended, Vec::new(), doing).into()) }
    }

    /// Runs what answers with a line for each event.
    async fn run(&self, arguments: &[&str], doing: &str, mut see: impl FnMut(Message)) -> anyhow::Result<()> {
        let mut diagnostics = Vec::new();
        self.backend.check().await?;
        let command = self.terraform.command(&self.directory.path, arguments);
        let ended = process::run(command, self.directory.files(), doing, |line| match Message::of(line) {
            Some(Message::Diagnostic { diagnostic }) if diagnostic.severity == "error" => diagnostics.push(diagnostic),
            Some(message) => see(message),
            None => {}
        });
        let ended = ended.await?;
        if ended.status.success() {
            return Ok(());
        }
        let fault = Fault::of(&self.name, &ended, diagnostics, doing);
        Err(match leftover::unsaved_in(&self.directory.path) {
            Some(unsaved) => fault.unsaved(doing, unsaved.file).into(),
            None => fault.into(),
        })
    }
}

#[cfg(test)]
#[cfg(feature = "test-hooks")]
mod tests;
