# Small things beside the work: how often it moved, what is for whom first, files of holidays.
staff-bounces = { $n ->
    [one] Went back to a team once
   *[other] Went back to teams { $n } times
}
staff-queue-first = For me first
staff-queue-only-first = Only what is for me first
staff-queue-all = Show the whole list
# Lists are counted to a thousand.
staff-count-more = 1,000+
staff-queue-open-more = 1,000+ open
staff-queue-late-more = 1,000+ late
leads-bounces = Went back to a team that had passed it on
staff-ical-file = A calendar file (.ics), at most 1 MB
