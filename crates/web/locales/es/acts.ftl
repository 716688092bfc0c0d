# Pasos que se pueden deshacer, y el mismo paso con muchas conversaciones.
staff-event-undone = { $name } lo deshizo
staff-what-undo-work = Deshizo un paso del trabajo
bulk-title = Con las elegidas
bulk-chosen = { $n ->
    [one] { $n } elegida
   *[other] { $n } elegidas
}
bulk-changed = Una que cambió ya no está elegida.
bulk-choose = Elegir
bulk-choose-row = Elegir “{ $headline }”
bulk-choose-row-of = Elegir “{ $headline }”, { $name }
bulk-choose-envelope = Elegir { $reference }, { $name }
bulk-choose-all = Elegir todas las de esta página
bulk-clear = No elegir ninguna
bulk-level = Nivel nuevo
bulk-level-go = Poner el nivel
bulk-reason = Por qué, si es menos urgente que antes
bulk-outcomes-others = Los resultados que piden más palabras están en la página de cada conversación.
bulk-done-claim = { $n ->
    [one] Ahora tiene { $n } más.
   *[other] Ahora tiene { $n } más.
}
bulk-done-assign = { $n ->
    [one] { $n } asignada.
   *[other] { $n } asignadas.
}
bulk-done-snooze = { $n ->
    [one] { $n } pospuesta.
   *[other] { $n } pospuestas.
}
bulk-done-level = { $n ->
    [one] Se cambió el nivel de { $n }.
   *[other] Se cambió el nivel de { $n }.
}
bulk-done-close = { $n ->
    [one] { $n } cerrada.
   *[other] { $n } cerradas.
}
bulk-done-pass = { $n ->
    [one] { $n } pasada a otro equipo.
   *[other] { $n } pasadas a otro equipo.
}
bulk-done-none = No se hizo nada.
bulk-undone-one = Deshecho. Está como estaba.
bulk-undone = { $n ->
    [one] Deshecho: { $n } está como estaba.
   *[other] Deshecho: { $n } están como estaban.
}
bulk-undone-none = No se deshizo nada.
bulk-missed-title = No se hizo
bulk-missed = { $what }: { $why }
bulk-missed-unnamed = { $n ->
    [one] { $n } más no le corresponde.
   *[other] { $n } más no le corresponden.
}
bulk-what = “{ $headline }”
bulk-what-envelope = { $reference }, { $name }
bulk-what-of = “{ $headline }”, { $name }
bulk-why-changed = cambió mientras tanto
bulk-why-wrote = { $name } escribió mientras tanto
bulk-why-forbidden = no puede hacer esto con ella
bulk-why-unknown = no puede hacer esto con ella
bulk-why-late = era tarde para deshacerlo
bulk-why-questions-open = tiene una pregunta abierta; respóndala o apártela primero
bulk-why-reason-empty = sería menos urgente que antes; diga por qué
bulk-why-snooze-past = ese momento ya pasó
bulk-why-snooze-too-far = noventa días es lo máximo
bulk-why-snooze-past-due = es para ahora o para hoy y vence antes
bulk-why-pass-back = ese equipo ya la tuvo; pásela desde su página
bulk-why-team-unknown = no puede ir a ese equipo
bulk-why-to-unknown = esa persona ya no es del equipo
bulk-why-refused = no se pudo hacer
staff-fault-chosen = Elija al menos una conversación.
staff-fault-chosen-too-many = Elija como máximo cien conversaciones.
staff-fault-act = Elija qué hacer con ellas.
staff-fault-level = Elija un nivel.
staff-fault-why = Elija una razón de la lista.
staff-keys-x = Elegir o dejar esta conversación en una lista
staff-keys-star = Elegir todas las de la página, o ninguna
staff-keys-escape = No elegir ninguna
staff-key-choose = elegir
undo-for = Puede deshacerlo durante { $n } segundos.
