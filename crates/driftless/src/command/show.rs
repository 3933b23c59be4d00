//! How results are shown: text, tables, JSON, log lines.

#[cfg(feature = "registry")]
mod difference;
mod painter;
#[cfg(feature = "registry")]
mod parsed;
mod print;
mod table;
mod text;

#[cfg(feature = "aws")]
pub(super) use self::print::say;
#[cfg(feature = "registry")]
pub(super) use self::{difference::sections, parsed::parsed};
pub(super) use self::{
    painter::{Painter, print_lines},
    print::{print, print_as_is, print_document, print_json},
    table::aligned,
    text::size,
};
pub(super) use model::text::harmless;
