//! Why a conversation went to the team it first went to, and who shall take it first, in words.

use app::routing::{Road, Why};
use domain::routing::{FirstRole, Via};

use crate::i18n::Locale;

/// The sentences beside a conversation.
pub fn why(locale: Locale, why: &Why) -> String {
    let road = match why.road {
        Road::Rules(Via::Rule(place)) => {
            locale.t2("routing-why-rule", "n", place + 1, "version", why.version)
        }
        Road::Rules(Via::Visit) => locale.t("routing-why-visit"),
        Road::Rules(Via::Triage | Via::Chosen) => locale.t("routing-why-triage"),
        Road::Direct => locale.t("routing-why-direct"),
    };
    let chosen = why.chosen.as_ref().map(|team| locale.t1("routing-why-chosen", "team", team));
    let first = why.first.map(|first| format!("{}.", tag(locale, first)));
    std::iter::once(road).chain(chosen).chain(first).collect::<Vec<_>>().join(" ")
}

/// "For a nurse first".
pub fn tag(locale: Locale, first: FirstRole) -> String {
    locale.t(&format!("routing-tag-{}", first.code()))
}
