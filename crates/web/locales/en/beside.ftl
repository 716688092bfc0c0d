# Small things beside the work: how often it moved, what is for whom first, files of holidays.
staff-bounces = { $n ->
    [one] Went back to a team once
   *[other] Went back to teams { $n } times
}
leads-bounces = Went back to a team that had passed it on
staff-ical-file = A calendar file (.ics), at most 1 MB
