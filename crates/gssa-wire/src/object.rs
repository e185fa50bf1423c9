//! The declaration of a document.

/// Declares an object of the wire: `member: Type = "key in the peer's spelling"`, behind the [`Spelling`](crate::Spelling) of the family.
///
/// The key is written once and used twice, to read the member and to name it in a gap. A key that is not declared is not read, which
/// is how passwords and network names stay out. Of a key that repeats the last one counts. The type and its members are `pub(crate)`. Where it
/// is used there has to be `serde` with its derive.
#[macro_export]
macro_rules! object {
    ($spelling:ty;
        $(#[$doc:meta])* $name:ident { $( $(#[$member_doc:meta])* $member:ident: $ty:ty = $key:literal, )+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub(crate) struct $name {
            $( $(#[$member_doc])* pub(crate) $member: $crate::Field<$ty>, )+
        }

        impl $crate::Lenient<$spelling> for $name {
            fn object<'de, A: serde::de::MapAccess<'de>>(mut object: A) -> Result<$crate::Field<Self>, A::Error> {
                #[derive(serde::Deserialize)]
                #[serde(field_identifier)]
                #[expect(non_camel_case_types, reason = "named like the members")]
                enum Key {
                    $( #[serde(rename = $key)] $member, )+
                    #[serde(other)]
                    Undeclared,
                }
                let mut read = Self::default();
                while let Some(key) = object.next_key()? {
                    match key {
                        $( Key::$member => read.$member = <$spelling as $crate::Spelling>::member(&mut object)?, )+
                        Key::Undeclared => {
                            object.next_value::<<$spelling as $crate::Spelling>::Unread>()?;
                        }
                    }
                }
                Ok($crate::Field::Known(read))
            }
        }

        impl $crate::Report for $name {
            fn report(&self, path: $crate::Path<'_>, gaps: &mut Vec<$crate::model::Gap>) {
                $( $crate::Report::report(&self.$member, $crate::Path::Member(&path, $key), gaps); )+
            }
        }
    };
}
