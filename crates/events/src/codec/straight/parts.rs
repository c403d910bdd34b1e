//! The straight way of a part of an event: what its reader wants is read, the rest is passed over.

/// Lets parts of records be read straight: `Part of Whole { id, [text, url] at; rest }` keeps `id` and `at`, and passes over
/// `text` and `url` between them and `rest` at the end.
///
/// All fields of the whole are named, in the order of its schema; one that is missing does not compile.
#[macro_export]
macro_rules! parts {
    ($($part:ident of $whole:ty {
        $($([$($passed:ident),+])? $kept:ident),+ $(; $($rest:ident),+)?
    })+) => {$(
        impl $crate::codec::Datum for $part {
            fn read(
                from: &mut $crate::codec::Input<'_>,
            ) -> ::core::result::Result<Self, $crate::codec::Fault> {
                type Whole = $whole;
                const _: fn(&Whole) = |Whole { $($($($passed: _,)+)? $kept: _,)+ $($($rest: _,)+)? }| {};
                let part = Self {
                    $($kept: {
                        $($($crate::codec::pass_over(|whole: &Whole| &whole.$passed, from)?;)+)?
                        $crate::codec::Datum::read(from)?
                    }),+
                };
                $($($crate::codec::pass_over(|whole: &Whole| &whole.$rest, from)?;)+)?
                ::core::result::Result::Ok(part)
            }
        }
    )+};
}
