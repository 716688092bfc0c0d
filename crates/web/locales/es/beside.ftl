# Cosas pequeñas junto al trabajo: cuántas veces volvió, qué es primero para quién, archivos de feriados.
staff-bounces = { $n ->
    [one] Volvió a un equipo una vez
   *[other] Volvió a equipos { $n } veces
}
leads-bounces = Volvieron a un equipo que las había pasado
staff-ical-file = Un archivo de calendario (.ics), de 1 MB como máximo
