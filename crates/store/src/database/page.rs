//! A part of a table that is listed by ids, which sort by age.

/// Up to `limit` rows from behind `after` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub after: Option<String>,
    pub limit: i64,
    /// The oldest first.
    pub ascending: bool,
}

impl Page {
    /// The condition and the order, for a parameter of that name. A cursor need
    /// not be there any more.
    pub(super) fn clause(&self, after: &str) -> String {
        match self.ascending {
            true => format!("id > {after} ORDER BY id ASC"),
            false => format!("(id < {after} OR {after} = '') ORDER BY id DESC"),
        }
    }

    /// Before all ids where there is none.
    pub(super) fn after(&self) -> &str {
        self.after.as_deref().unwrap_or_default()
    }
}
