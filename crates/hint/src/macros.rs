//! Errors made with their hint: [`error!`](crate::error), [`bail!`](crate::bail), [`ensure!`](crate::ensure).

/// An [`anyhow::Error`] from a message and a hint; both are format strings, each followed by its arguments.
///
/// ```
/// let (path, size) = ("a.tar", 12);
/// let error = hint::error!("`{}` is {} bytes", path, size, hint = "remove `{path}` and download it again");
/// assert_eq!(error.to_string(), "`a.tar` is 12 bytes");
/// ```
#[macro_export]
macro_rules! error {
    (@split [$($message:tt)+] , hint = $($hint:tt)+) => {
        $crate::Hint::hint(
            $crate::private::Error::msg(::std::fmt::format(::std::format_args!($($message)+))),
            ::std::format_args!($($hint)+),
        )
    };
    (@split [$($message:tt)*] $next:tt $($rest:tt)+) => {
        $crate::error!(@split [$($message)* $next] $($rest)+)
    };
    ($($all:tt)+) => {
        $crate::error!(@split [] $($all)+)
    };
}

/// Returns the [`error!`](crate::error) that the arguments make.
#[macro_export]
macro_rules! bail {
    ($($all:tt)+) => {
        return ::std::result::Result::Err($crate::error!($($all)+))
    };
}

/// Returns the [`error!`](crate::error) that the arguments make, unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($all:tt)+) => {
        if !$condition {
            $crate::bail!($($all)+);
        }
    };
}
