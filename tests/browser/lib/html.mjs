// Validates pages against the HTML standard and WCAG's static rules with html-validate.
import { HtmlValidate } from "html-validate";

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:standard", "html-validate:a11y"],
  rules: {
    // Templates leave spaces where a condition was; no reader can tell.
    "no-trailing-whitespace": "off",
    "attr-delimiter": "off",
    // `<input>` and `<input/>` are the same element in HTML.
    "void-style": "off",
    // The standard allows both `Doctype` spellings.
    "doctype-style": "off",
    // A telephone number may break across lines on a phone: the style sheet decides.
    "tel-non-breaking": "off",
    // The same menu is there twice, one for the phone's row and one for wide windows: one of them is
    // always hidden, and axe asks the drawn page.
    "unique-landmark": "off",
    // A repeated field is a list of values.
    "form-dup-name": "off",
    // Length of a title and of a heading are the writer's.
    "long-title": "off",
  },
});

/** The faults of one page, one line each with line and column; none when it is valid. */
export async function htmlFaults(html, name = "page") {
  const report = await validator.validateString(html, name);
  return report.results.flatMap((result) => result.messages.map((one) => `${name}:${one.line}:${one.column} ${one.ruleId}: ${one.message}`));
}
