# A reply that says what was said a moment ago.
again-here = { $name } wrote nearly the same in this conversation:
again-here-why = Your team has it already. You can change your text, keep it, or send it all the same.
again-anyway-here = Send it here anyway
