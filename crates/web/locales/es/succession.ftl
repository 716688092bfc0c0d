# Equipos que ya no existen: quién lee lo que se les escribe, y terminar uno.
reply-ended = { $ended } ya no existe. { $team } leerá lo que escriba aquí.
reply-ended-nobody = { $ended } ya no existe. Alguien que era parte de ese equipo leerá lo que escriba aquí.
staff-thread-ended = { $ended } ya no existe. Lo que se escriba o se reabra aquí pasa a { $team }.
staff-thread-ended-nobody = { $ended } ya no existe, y ningún equipo lo sucede.
staff-team-end = Terminar este equipo
staff-team-end-title = ¿Terminar { $team }?
staff-team-end-finish-title = ¿Pasar lo que dejó { $team }?
staff-team-end-successor = { $to } lo sucede y se hace cargo.
staff-team-end-desk = { $to } se hace cargo: no hay un equipo que lo suceda, y es el que clasifica los mensajes.
staff-team-end-nobody = Ningún equipo se hace cargo: no hay quien lo suceda ni otro equipo que clasifique los mensajes.
staff-team-end-open = { $n ->
    [0] Aquí no hay conversaciones abiertas.
    [one] Una conversación abierta pasa allí. Su plazo sigue corriendo.
   *[other] { $n } conversaciones abiertas pasan allí. Sus plazos siguen corriendo.
}
staff-team-end-calls = { $n ->
    [one] También pasa allí una llamada pendiente.
   *[other] También pasan allí { $n } llamadas pendientes.
}
staff-team-end-patients = { $n ->
    [one] Un paciente que este equipo atiende pasa a { $to }, que puede abrir su historia. Este equipo ya no podrá.
   *[other] { $n } pacientes que este equipo atiende pasan a { $to }, que puede abrir sus historias. Este equipo ya no podrá.
}
staff-team-end-patients-left = { $n ->
    [one] Un paciente que este equipo atiende queda sin otro equipo: no hay quien lo suceda.
   *[other] { $n } pacientes que este equipo atiende quedan sin otro equipo: no hay quien lo suceda.
}
staff-team-end-told = Cada paciente lee adónde pasó la conversación y por qué. Quienes dirigen { $to } reciben un solo aviso.
staff-team-end-old = Cuando un paciente escriba en una conversación antigua, la leerá { $to }.
staff-team-end-followed = Estos equipos lo nombran como su sucesor: { $names }. Nombre otro en su configuración.
staff-team-end-for-good = Nadie podrá escribir más a { $team }. Esto no se puede deshacer.
staff-team-end-go = Terminar el equipo
staff-team-end-rest = Pasar el resto
staff-team-end-stops = Qué lo impide
staff-team-end-stop-last-desk = Es el último equipo que clasifica mensajes de una organización con otros equipos abiertos. Active primero otro.
staff-team-end-stop-announcing = Se está enviando un anuncio de este equipo. Espere a que termine o deténgalo.
staff-team-end-stop-nobody-follows = Aquí hay conversaciones abiertas y ningún equipo se hace cargo. Nombre primero en la configuración el equipo que lo sucede.
staff-team-end-changed = No se hizo nada: algo cambió mientras tanto. Esto es lo que pasaría ahora.
staff-fault-successor-circle = Los equipos se sucederían en círculo. Elija un equipo cuya línea de sucesores no vuelva aquí.
staff-team-ended-title = Este equipo ya no existe
staff-team-ended-to = { $to } se hizo cargo. Lo que los pacientes escriban en conversaciones antiguas también llega allí.
staff-team-ended-nobody = Ningún equipo se hizo cargo: no hay quien lo suceda ni otro equipo que clasifique los mensajes.
staff-team-ended-gone = { $n ->
    [0] No había conversaciones que pasar.
    [one] Ya pasó allí una conversación.
   *[other] Ya pasaron allí { $n } conversaciones.
}
staff-team-ended-waiting = { $n ->
    [one] Falta una, que pasa sola en unos minutos.
   *[other] Faltan { $n }, que pasan solas en unos minutos.
}
