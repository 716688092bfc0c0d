# The directory of teams: setting one up and opening it, tiles to choose from, and who is on duty.

staff-team-status-draft = Borrador
staff-team-status-active = Activo
staff-team-status-ended = Terminado
staff-team-missing = Falta: { $what }
staff-need-name = Nombre en palabras sencillas
staff-need-purpose = Para qué escribirle
staff-need-hours = Horario
staff-need-member = Un miembro que pueda responder
staff-need-last-resort = Quién cubre cuando todos están ausentes
staff-need-triage-desk = Un equipo que clasifique mensajes en la organización
staff-activate-title = Antes de que los pacientes puedan escribirle
staff-activate-about = Este equipo es un borrador: los pacientes no lo ven. Ábralo cuando todo esté listo.
staff-activate-go = Activar el equipo
staff-check-done = Listo
staff-check-missing = Falta
staff-check-go = Agregarlo
staff-lack-name = Dé al equipo un nombre que diría un paciente.
staff-lack-purpose = Diga para qué le escriben los pacientes.
staff-lack-hours = Dé al equipo horario al menos un día.
staff-lack-member = Agregue una enfermera o un médico al equipo, en su propia página.
staff-lack-last-resort = Elija un miembro que cubra cuando todos están ausentes.
staff-lack-triage-desk = Active primero en esta organización un equipo del tipo «{ staff-team-kind-triage }»: le escribe quien no está seguro.
staff-fault-purpose-needed = Un equipo activo conserva su propósito: los pacientes eligen por él.
staff-fault-last-resort-needed = Un equipo activo siempre tiene a alguien que cubre cuando todos están ausentes.
staff-fault-person-last-resort = Un equipo cuenta con esta persona cuando todos están ausentes. Nombre primero a otra en los ajustes de ese equipo.
staff-settings-changed = Alguien cambió este equipo mientras tanto. Esto es lo que hay ahora; no se guardó nada de lo suyo.
staff-settings-lost = Lo que usted había escrito

# Tiles of teams.
date-coming-today = hoy a las { $time }
date-coming-tomorrow = mañana a las { $time }
date-coming-weekday = el { $weekday } a las { $time }
tile-open-always = Abierto las 24 horas.
tile-open-today = Abierto hoy hasta las { $time }.
tile-open-until = Abierto hasta { $when }.
tile-opens = Abre { $when }.
tile-visit-next = Próxima visita: { $day }
tile-visit-last = Última visita: { $day }
tile-role-clinician = Médicos
tile-role-nurse = Enfermería
tile-role-desk = Recepción
compose-unsure-goes = { $team } lo lee primero y busca el equipo correcto para usted.
compose-nobody = Aún no sabemos cuál es su equipo de atención. Llámenos, por favor:
staff-team-names = Lo que los pacientes ven de su personal
staff-team-names-about = Sin nombres, los pacientes leen funciones, como «Enfermería del equipo». Quien firma una respuesta siempre aparece con su nombre.
staff-team-names-show = Mostrar nombres

# Who has a conversation, and why it moved.
date-back-today = hoy
date-back-tomorrow = mañana
date-back-weekday = el { $weekday }
custody-since = Desde
custody-taken = Lo tiene { $who }.
custody-team = Lo tiene { $team }: lo toma quien esté libre.
custody-away-until = { $who } no está hasta { $day }.
custody-away = { $who } no está.
custody-returned = { $who } está de vuelta y lo tiene otra vez.
custody-role-clinician = Personal médico de { $team }
custody-role-nurse = Personal de enfermería de { $team }
custody-role-other = Alguien de { $team }
custody-earlier = { $n ->
    [one] Un paso anterior
   *[other] { $n } pasos anteriores
}

# Rosters of duty.
staff-roster-title = Quién está de turno
staff-roster-about = A quien está de turno se le avisa primero de lo que se atrasa cuando no hay responsable nombrado, y aparece primero al asignar trabajo. Una fecha cuenta en lugar de su día de la semana. Sin turnos, todos los miembros están de turno.
staff-roster-empty = Aún no hay turnos: todos los miembros están de turno.
staff-roster-off = Sin turno
staff-roster-add = Agregar horas
staff-roster-who = Quién
staff-roster-day = Día
staff-roster-date = Una fecha
staff-roster-which = Qué fecha, si es una fecha
staff-roster-hours = Horas, como 08:00-12:00 13:00-17:00; vacío en una fecha significa sin turno
staff-on-duty = De turno ahora: { $names }.
staff-on-duty-nobody = Nadie está de turno ahora.
staff-fault-roster-day = Elija un día de la semana, o una fecha y diga cuál.
staff-fault-roster-day-past = Esta fecha ya pasó. Elija una fecha desde hoy.
staff-fault-roster-day-taken = Ya tiene horas ese día. Quítelas primero.
staff-fault-roster-hours-never = Dé horas al día de la semana: sin ellas nunca está de turno ese día.
