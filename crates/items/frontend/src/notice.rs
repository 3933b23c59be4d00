//! What a page says after a redirect: a fixed vocabulary, so that no link can put words into it.

/// The outcome of the request that redirected here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    Added,
    Updated,
    Deleted,
    /// Somebody else deleted it first.
    Gone,
}

impl Notice {
    const ALL: [Self; 4] = [Self::Added, Self::Updated, Self::Deleted, Self::Gone];

    /// Its value in the query.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::Gone => "gone",
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.key() == key)
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Added => "Item added successfully!",
            Self::Updated => "Item updated successfully!",
            Self::Deleted => "Item deleted successfully!",
            Self::Gone => "That item was already deleted.",
        }
    }
}
