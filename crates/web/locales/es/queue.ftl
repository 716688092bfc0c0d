# Pasar una conversación al paciente correcto.
staff-act-move = ¿Otro paciente?
staff-move-find = Pasar al paciente correcto
staff-move-find-about = Esta conversación está en el expediente de { $name }. Busque al paciente al que pertenece.
staff-move-no-same = Ya está en el expediente de este paciente.
staff-move-no-team = El equipo que tiene esta conversación no atiende a este paciente. Pásela primero a un equipo que atienda a los dos.
staff-move-no-merged = Esta conversación se unió con otra. Las conversaciones unidas no se pueden pasar.
staff-move-no-files = Esta conversación tiene archivos. Todavía no se pueden pasar conversaciones con archivos.
staff-move-title = ¿Pasar esta conversación a { $name }?
staff-move-who = { $name } ({ $number })
staff-move-what = “{ $what }” está ahora en el expediente de { $name }.
staff-move-to = Pasará al expediente de { $name }, nacimiento { $born }.
staff-move-own = { $name } (paciente)
staff-move-loses = Desde ese momento ya no podrán abrirla: { $names }.
staff-move-loses-nobody = Nadie del lado del paciente la pierde.
staff-move-gains = Podrán leerla entera: { $names }.
staff-move-gains-nobody = Nadie más del lado de un paciente la leerá.
staff-move-leaving = La pierden, porque no atienden a { $patient }: { $names }.
staff-move-foreign = Escribieron en ella y no pueden actuar por { $patient }: { $names }. Sus nombres y palabras se mostrarán del lado de { $patient }.
staff-move-texts = Lo que se escribió queda como está, también los nombres en los textos: revíselos antes. Lo que va en camino espera a que su autor lo mire de nuevo. Se quita a qué se refería (una visita, un resultado).
staff-move-logs = Los registros de acceso de los dos pacientes la nombrarán a usted. El equipo lee su motivo en la conversación.
staff-move-go = Pasar
staff-done-refiled = Pasada al paciente correcto.
staff-event-refiled = { $name } la pasó aquí desde el expediente de otro paciente
staff-event-merged = { $name } unió dos conversaciones
staff-event-snoozed = { $name } la pospuso o la recuperó
staff-what-move-thread = Sacó una conversación de este expediente, donde estaba por error
staff-what-receive-thread = Puso en este expediente una conversación que estaba en otro por error
staff-what-merge-thread = Unió dos conversaciones
line-refiled = Esta conversación estaba archivada en otro lugar por error. Se pasó aquí.
inbox-removed = Una conversación se archivó aquí por error y se quitó ({ $date }).

# Casi lo mismo se dijo hace poco.
again-title = Ya se envió casi lo mismo
again-where = { $name } escribió esto en “{ $headline }”:
again-why = En una sola conversación su equipo lo ve todo y responde una vez.
again-join = Agregar a esa conversación
again-anyway = Enviarla como nueva de todos modos

# Unir dos conversaciones.
staff-act-merge = Unir con otra
staff-merge-choose = ¿Con cuál conversación la quiere unir?
staff-merge-about = Esta conversación sigue en la que elija. Las dos son del mismo paciente.
staff-merge-none = No hay otra conversación de este paciente con la que usted pueda unirla.
staff-merge-title = ¿Unir dos conversaciones?
staff-merge-named = { $headline } ({ $team })
staff-merge-from = Esta termina y se lee dentro de la otra: { $what }, empezada { $date }.
staff-merge-into = Esta sigue: { $what }, empezada { $date }.
staff-merge-readers = Nadie lee más que antes: quien podía leer solo una lee solo esa.
staff-merge-work = Queda un solo trabajo, con el plazo más cercano y el nivel más urgente.
staff-merge-texts = Los textos, las notas y los borradores quedan. Los enlaces de la que termina llevan a la otra.
staff-merge-no-undo = Esto no se puede deshacer.
staff-merge-go = Unirlas
staff-done-merged = Unidas.
staff-done-goes-on = Esa conversación se unió con esta.
staff-fault-merge-into = Elija otra conversación del mismo paciente.
line-merged = Esto sigue en otra conversación suya.
line-absorbed = Otra conversación se unió con esta.

# Posponer trabajo.
staff-rail-snoozed = Pospuestas
staff-act-snooze = Posponer
staff-act-snooze-go = Posponer
staff-act-unsnooze = De vuelta a la lista ahora
staff-snooze-until = Hasta
staff-snooze-today = Más tarde hoy
staff-snooze-tomorrow = Mañana por la mañana
staff-snooze-monday = El lunes por la mañana
staff-snooze-date = La mañana de este día:
staff-snooze-day = Día
staff-snoozed-until = Pospuesta hasta
staff-done-snoozed = Pospuesta. Vuelve entonces, o cuando el paciente escriba. Su plazo sigue corriendo.
staff-done-unsnoozed = De vuelta en la lista.
staff-fault-snooze = Elija hasta cuándo. Para un día, indique el día.
staff-fault-snooze-past = Ese momento ya pasó. Elija uno posterior.
staff-fault-snooze-too-far = Noventa días es lo máximo. Elija un día anterior.
staff-fault-snooze-past-due = Es para ahora o para hoy y vence antes. Respóndala, pásela o elija un momento anterior.
staff-keys-h = Posponer
