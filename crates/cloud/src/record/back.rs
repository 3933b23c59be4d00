//! Which release a rollback goes back to.

use super::{Kind, Record, Records, Store};

impl Record {
    /// Whether both have the same images and the same configuration; numbers of tasks and values of secrets may differ.
    pub fn runs_the_same(&self, other: &Self) -> bool {
        let configuration = |record: &Self| record.configurations.get(&record.environment).copied();
        self.release.images == other.release.images && configuration(self) == configuration(other)
    }
}

impl<S: Store> Records<S> {
    /// The newest release before `serving` that served other images or another configuration. After a rollback it is one
    /// from before the release that was gone back to: going back twice never leads to where the first began.
    pub async fn before(&self, serving: &Record) -> anyhow::Result<Option<Record>> {
        let mut number = self.origin(serving).await?;
        while let Some(record) = self.live(Some(number)).await? {
            if !record.runs_the_same(serving) {
                return Ok(Some(record));
            }
            number = record.number;
        }
        Ok(None)
    }

    /// The number of the release that brought what `record` runs.
    async fn origin(&self, record: &Record) -> anyhow::Result<u32> {
        let (mut number, mut kind) = (record.number, record.kind.clone());
        loop {
            let earlier = match kind {
                Kind::Rollback { to } if to < number => Some(self.get(to).await?),
                Kind::Scale | Kind::Pause | Kind::Resume | Kind::Secret { .. } => self.live(Some(number)).await?,
                Kind::Deploy | Kind::Promote { .. } | Kind::Rollback { .. } | Kind::Destroy => None,
            };
            let Some(earlier) = earlier else { return Ok(number) };
            (number, kind) = (earlier.number, earlier.kind);
        }
    }
}
