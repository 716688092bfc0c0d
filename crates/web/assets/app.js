// Tidings: the common script. Everything on the pages works without it.
