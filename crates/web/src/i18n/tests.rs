use super::*;

#[test]
fn every_language_has_the_same_messages_and_parses() {
    assert_eq!(faults().collect::<Vec<_>>(), Vec::<&str>::new());
    let [english, ..] = &*CATALOGUES;
    for catalogue in CATALOGUES.iter() {
        let missing: Vec<_> = english.keys.symmetric_difference(&catalogue.keys).collect();
        assert!(missing.is_empty(), "{} and en differ in {missing:?}", catalogue.tag);
    }
    assert!(english.keys.len() > 20);
}

#[test]
fn a_browser_gets_the_language_it_asks_for() {
    let chosen = |setting, header| Locale::negotiate(setting, header).lang();
    assert_eq!(chosen(None, None), "en");
    assert_eq!(chosen(None, Some("es-MX,es;q=0.9,en;q=0.8")), "es");
    assert_eq!(chosen(None, Some("fr, en;q=0.5, es;q=0.7")), "es");
    assert_eq!(chosen(None, Some("es;q=0, en;q=0.1")), "en");
    assert_eq!(chosen(None, Some("ar-XB")), "en", "pseudo-languages are never offered");
    assert_eq!(chosen(Some("en"), Some("es")), "en");
    assert_eq!(chosen(Some("tlh"), Some("es")), "es");
    assert_eq!(chosen(None, Some(";q=;;q=NaN,\u{0}")), "en");
}

#[test]
fn dates_read_as_people_write_them() {
    // Sunday, November 22, 2026, 10:30 in New York.
    let now = 1_795_361_400_000_000;
    let minute = 60_000_000;
    let site = SiteTime::new("America/New_York", now);
    let en = Locale::english();
    let es = Locale::by_tag("es").unwrap();
    let friday = now - (42 * 60 - 10 + 8) * minute;
    assert_eq!(site.full(en, friday).text, "Friday, November 20, 4:32 pm");
    assert_eq!(site.dated(en, friday).text, "November 20, 2026, 4:32 pm");
    assert_eq!(site.full(en, friday).iso, "2026-11-20T16:32:00-05:00");
    assert_eq!(site.full(es, friday).text, "viernes 20 de noviembre, 16:32");
    assert_eq!(site.short(en, now).text, "10:30 am");
    assert_eq!(site.short(es, now - 24 * 60 * minute).text, "Ayer");
    assert_eq!(site.short(en, friday).text, "Nov 20");
    assert_eq!(site.short(en, now - 365 * 24 * 60 * minute).text, "Nov 22, 2025");
    assert_eq!(site.until(en, now + 24 * 60 * minute).text, "10:30 am tomorrow");
    assert_eq!(site.deadline(en, now + minute).text, "10:31 am today");
    assert_eq!(site.deadline(en, now - 24 * 60 * minute).text, "Yesterday, 10:30 am");
    assert_eq!(site.deadline(en, friday).text, "Nov 20, 4:32 pm");
    assert_eq!(site.deadline(es, friday).text, "20 nov, 16:32");
    assert_eq!(site.since(en, now).text, "10:30 am");
    assert_eq!(site.since(es, friday).text, "20 de noviembre");
    assert_eq!(site.day(es, friday).text, "20 de noviembre");
    assert_eq!(site.day(en, friday).iso, "2026-11-20");
    let recorded = |locale, text| site.recorded(locale, text).text;
    assert_eq!(recorded(en, "2026-11-20"), "November 20, 2026");
    assert_eq!(recorded(es, "2026-11-20"), "20 de noviembre de 2026");
    assert_eq!(recorded(en, "2026-11"), "November 2026");
    assert_eq!(recorded(es, "2026-11"), "noviembre de 2026");
    assert_eq!(recorded(en, "2026"), "2026");
    assert_eq!(recorded(en, "2026-11-20T21:32:00Z"), "November 20, 2026, 4:32 pm");
    assert_eq!(recorded(es, "2026-11-20T23:32:00+02:00"), "20 de noviembre de 2026, 16:32");
    assert_eq!(recorded(en, "soon"), "soon");
}

#[test]
fn pseudo_languages_show_what_was_not_translated() {
    let long = Locale::by_tag("en-XA").unwrap();
    let text = "Only use messages for non-urgent needs";
    assert!(accented(text).chars().count() * 10 >= text.chars().count() * 14);
    assert!(long.t("skip-link") != Locale::english().t("skip-link"));
    assert_eq!(Locale::by_tag("ar-XB").unwrap().dir(), "rtl");
    assert_eq!(isolated("Ana"), "Ana");
    assert_eq!(isolated("أنا"), "\u{2068}أنا\u{2069}");
    assert_eq!(long.t("no-such-key"), "⟦no-such-key⟧");
}
