//! The answer to what came too late: somebody else acted first.

use axum::response::Response;
use http::StatusCode;

use super::{Rail, Staff, desk};
use crate::error::Result;
use crate::pages;
use crate::pages::staff::{ConflictKind, ConflictPage};
use crate::run::WebState;

/// 409 with what happened, what was typed, and the address to look at again.
pub(super) async fn conflict(
    state: &WebState,
    staff: &Staff,
    kind: ConflictKind,
    written: Option<String>,
    back: String,
) -> Result<Response> {
    let frame = state.read(staff.actor(), app::staff::frame).await?;
    let page = ConflictPage {
        chrome: staff.chrome(),
        desk: desk(staff, &frame, Rail::On("")),
        kind,
        by: None,
        written,
        back,
    };
    Ok(pages::respond(StatusCode::CONFLICT, &page))
}
