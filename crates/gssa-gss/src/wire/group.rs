//! Members by names that nobody knows beforehand, and lists of which there may be thousands.

use gssa_model::{Gap, text};
use gssa_wire::{Field, Lenient, Path, Report, Spelling as _, pass_list};
use serde::de::{MapAccess, SeqAccess};

use super::Pools;

/// The most names of one object that are kept: windows, coin keys.
pub(crate) const MAX_NAMES: usize = 32;

/// The most entries of a list that are kept. An answer of the size that is read at most holds about so many honest workers three times.
pub(crate) const MAX_ENTRIES: usize = 4096;

/// The longest name that is kept, in characters.
const MAX_NAME_CHARS: usize = 64;

/// The members of an object by their names, cleaned, in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ByName<T>(Vec<(String, Field<T>)>);

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> ByName<T> {
    /// The readable members.
    pub(crate) fn known(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().filter_map(|(name, field)| Some((name.as_str(), field.known()?)))
    }

    /// Adds a member; of a name that repeats the last one counts.
    pub(crate) fn insert(&mut self, name: &str, field: Field<T>) {
        let Some(name) = text::clean(name).filter(|name| name.chars().count() <= MAX_NAME_CHARS) else { return };
        if let Some((_, before)) = self.0.iter_mut().find(|(other, _)| *other == name) {
            *before = field;
        } else if self.0.len() < MAX_NAMES {
            self.0.push((name, field));
        }
    }
}

impl<T: Lenient<Pools>> Lenient<Pools> for ByName<T> {
    fn object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Field<Self>, A::Error> {
        let mut members = Self::default();
        while let Some(name) = object.next_key::<String>()? {
            members.insert(&name, Pools::member(&mut object)?);
        }
        Ok(Field::Known(members))
    }
}

impl<T: Report> Report for ByName<T> {
    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        for (name, field) in &self.0 {
            field.report(Path::Member(&path, name), gaps);
        }
    }
}

/// The entries of a list, as many as are kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entries<T> {
    kept: Vec<Field<T>>,
    /// How many the list has, kept or not.
    pub(crate) count: usize,
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), count: 0 }
    }
}

impl<T> Entries<T> {
    /// The readable entries.
    pub(crate) fn known(&self) -> impl Iterator<Item = &T> {
        self.kept.iter().filter_map(Field::known)
    }

    /// Whether the list has more than was kept.
    pub(crate) const fn is_cut(&self) -> bool {
        self.count > self.kept.len()
    }
}

impl<T: Lenient<Pools>> Lenient<Pools> for Entries<T> {
    fn list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Field<Self>, A::Error> {
        let mut entries = Self::default();
        while entries.kept.len() < MAX_ENTRIES {
            let Some(entry) = Pools::entry(&mut list)? else { break };
            entries.kept.push(entry);
        }
        entries.count = entries.kept.len() + pass_list::<Pools, A>(list)?;
        Ok(Field::Known(entries))
    }
}

impl<T: Report> Report for Entries<T> {
    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        for (at, entry) in self.kept.iter().enumerate() {
            entry.report(Path::Entry(&path, at), gaps);
        }
    }
}
