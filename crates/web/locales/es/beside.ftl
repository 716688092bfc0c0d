# Cosas pequeñas junto al trabajo: cuántas veces volvió, qué es primero para quién, archivos de feriados.
staff-bounces = { $n ->
    [one] Volvió a un equipo una vez
   *[other] Volvió a equipos { $n } veces
}
staff-queue-first = Primero para mí
staff-queue-only-first = Solo lo que es primero para mí
staff-queue-all = Ver toda la lista
# Las listas se cuentan hasta mil.
staff-count-more = +1,000
staff-queue-open-more = +1,000 abiertas
staff-queue-late-more = +1,000 con retraso
leads-bounces = Volvieron a un equipo que las había pasado
staff-ical-file = Un archivo de calendario (.ics), de 1 MB como máximo
