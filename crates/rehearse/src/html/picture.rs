//! The services and who may reach whom, from left to right.

use maud::{Markup, html};

use crate::report::Service;

/// Width of the drawing, of a box; height of a row and of a box.
const WIDTH: u32 = 900;
const BOX: u32 = 180;
const ROW: u32 = 76;
const HEIGHT: u32 = 46;
/// Where the columns begin: visitors, load balancer, services, what they call or keep.
const COLUMNS: [u32; 4] = [0, 240, 480, 720];

pub(super) fn drawn(services: &[Service]) -> Markup {
    let rows = u32::try_from(services.len()).unwrap_or(u32::MAX).max(1);
    let height = rows * ROW;
    let middle = (height - HEIGHT) / 2;
    let y = |at: usize| u32::try_from(at).unwrap_or(u32::MAX) * ROW + (ROW - HEIGHT) / 2;
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label="Visitors reach services through the load balancer" {
            defs { marker #head viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto" { path d="M0 0 8 4 0 8z" {} } }
            (line(COLUMNS[0] + BOX, middle, COLUMNS[1], middle))
            (labelled(COLUMNS[0], middle, "internet", ""))
            (labelled(COLUMNS[1], middle, "load balancer", "listener rules"))
            @for (at, service) in services.iter().enumerate() {
                @if !service.routes.is_empty() { (line(COLUMNS[1] + BOX, middle, COLUMNS[2], y(at))) }
                (labelled(COLUMNS[2], y(at), &service.name, &format!("{} × {} MiB", service.tasks, service.memory)))
                @for called in &service.calls {
                    @if let Some(other) = services.iter().position(|other| other.name == *called) { (call(y(at), y(other))) }
                }
                @if let Some(kept) = &service.keeps {
                    (line(COLUMNS[2] + BOX, y(at), COLUMNS[3], y(at)))
                    (labelled(COLUMNS[3], y(at), "files", kept))
                }
            }
        }
    }
}

fn labelled(x: u32, y: u32, name: &str, detail: &str) -> Markup {
    html! {
        rect.node x=(x) y=(y) width=(BOX) height=(HEIGHT) rx="6" {}
        text x=(x + BOX / 2) y=(y + if detail.is_empty() { 28 } else { 20 }) text-anchor="middle" { (name) }
        text.small x=(x + BOX / 2) y=(y + 37) text-anchor="middle" { (detail) }
    }
}

fn line(from: u32, y: u32, to: u32, other: u32) -> Markup {
    html! { path.way d=(format!("M{from} {} L{to} {}", y + HEIGHT / 2, other + HEIGHT / 2)) marker-end="url(#head)" {} }
}

/// From one service to another: around the right of both.
fn call(from: u32, to: u32) -> Markup {
    let x = COLUMNS[2] + BOX;
    let (from, to) = (from + HEIGHT - 10, to + HEIGHT - 10);
    html! { path.way d=(format!("M{x} {from} C{} {from} {} {to} {x} {to}", x + 45, x + 45)) marker-end="url(#head)" {} }
}
