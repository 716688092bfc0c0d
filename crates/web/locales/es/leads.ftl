# Lo que necesita quien dirige: cifras de un equipo, esperas por grupo, respuestas guardadas, avisos.

leads-rail = Dirección
leads-rail-overview = Cómo va el equipo
leads-rail-equity = Quién espera más
leads-title = Cómo va el equipo
leads-none = No hay ningún equipo cuyas cifras pueda ver. Quien dirige un equipo ve las suyas.
leads-team = Equipo
leads-late = { $late ->
    [0] Nada está atrasado
    [one] 1 mensaje está atrasado
   *[other] { $late } mensajes están atrasados
  } y { $nearly ->
    [0] ninguno está por atrasarse
    [one] 1 está por atrasarse
   *[other] { $nearly } están por atrasarse
  }.
leads-nothing-open = No hay nada abierto. Nadie espera a este equipo.
leads-open = Trabajo abierto por antigüedad
leads-level = Nivel
leads-all = Todo
leads-age-1 = Menos de 4 h
leads-age-2 = De 4 a 24 h
leads-age-3 = De 1 a 3 días
leads-age-4 = Más antiguo
leads-is-late = Atrasado
leads-is-nearly = Por atrasarse
leads-total = Total
leads-bar = En forma de barra
leads-waiting = { $n ->
    [0] Nada espera a un paciente.
    [one] 1 más espera al paciente.
   *[other] { $n } más esperan al paciente.
  }
leads-load = Quién tiene qué
leads-load-about = Son números de mensajes, no de esfuerzo: las preguntas difíciles llevan más tiempo. Se marca a quien no está.
leads-member = Persona
leads-held = Tiene ahora
leads-week = Respondió, 7 días
leads-month = Respondió, 28 días
leads-left = Dejó el equipo
leads-away = No está, vuelve
leads-times = Cuánto se tarda
leads-what = Desde la pregunta
leads-to-read = Hasta la primera lectura
leads-to-answer = Hasta la respuesta
leads-half = La mitad, hasta
leads-most = 9 de cada 10, hasta
leads-of = De
leads-times-none = No se respondió nada en los últimos 28 días.
leads-times-about = Preguntas de los últimos 28 días que se respondieron, con noches y fines de semana.
leads-steps = Qué pasó en 28 días
leads-escalated = Llevado a quien dirige o al último recurso
leads-expired = Asignaciones que vencieron
leads-covered = Pasó a quien sustituía
leads-returned = Volvió con quien lo tenía
leads-days-hours = { $d } d { $h } h

equity-link = ¿Esperan lo mismo los grupos de pacientes?
equity-title = ¿Esperan lo mismo los grupos de pacientes?
equity-about = Cada noche se cuentan por grupo las preguntas respondidas. Solo se guardan conteos y sumas, ningún paciente.
equity-since = Preguntas desde el
equity-made = Contado el
equity-nothing = No se respondió nada que se pudiera contar.
equity-never = Aún no se ha contado. El primer conteo llega en minutos y luego hay uno cada noche.
equity-by-language = Por idioma
equity-by-age = Por edad
equity-by-payer = Por quién paga
equity-by-race = Por raza, como está registrada
equity-group = Grupo
equity-answers = Respuestas
equity-reference = Se compara con este grupo
equity-withheld = No se muestra
equity-few = Pocas
equity-interval = de { $low } a { $high }
equity-ratio = { $times } veces ese tiempo (de { $low } a { $high })
equity-differs = Difiere
equity-ages = De { $from } a { $to }
equity-ages-from = { $from } o más
equity-language-en = Inglés
equity-language-es = Español
equity-several = Más de una
equity-other = Otros
equity-not-recorded = No registrado
equity-how = Cómo leer esto
equity-how-typical = El tiempo en negrita es el típico (la media geométrica). El intervalo a su lado contiene el verdadero 95 de cada 100 veces.
equity-how-differs = "Difiere" aparece cuando ambos grupos tienen 30 respuestas o más y el intervalo de la comparación deja fuera "lo mismo". De veinte comparaciones, una se marca solo por azar.
equity-how-small = Los grupos de 10 respuestas o menos no se muestran, y nunca uno solo, para que no se pueda encontrar a nadie.
equity-how-limits = Una diferencia es una razón para mirar, no una prueba: los grupos pueden preguntar otras cosas, a otras horas.

staff-what-read-team-figures = Vio cómo va un equipo
staff-what-read-equity = Vio cómo esperan los grupos de pacientes
staff-what-keep-replies = Cambió respuestas guardadas de un equipo
staff-what-announce = Preparó o envió un aviso a muchos
staff-what-measure-equity = Contó cómo esperan los grupos de pacientes
staff-basis-team-lead = Dirige el equipo

replies-rail = Respuestas guardadas
replies-title = Respuestas guardadas
replies-about = Textos que puede poner en una respuesta con una tecla (;). Usted los lee y los cambia antes de enviarlos.
replies-own = Las suyas
replies-empty = Todavía ninguna.
replies-add = Escribir una respuesta guardada
replies-new = Escribir una respuesta guardada
replies-change = Cambiar una respuesta guardada
replies-back = Todas las respuestas guardadas
replies-whose = De quién
replies-name = Título
replies-text-en = Texto en inglés
replies-text-es = Texto en español
replies-act = Propone, en una pulsación al enviar
replies-act-about = Se ofrece junto al texto, con una sola pulsación que también lo envía. Nada se hace solo.
replies-act-wait = Enviar y esperar al paciente
replies-act-close = Enviar y cerrar: { $outcome }
replies-delete = Desecharlo
replies-deleted = Ya no está.
replies-saved = La respuesta queda guardada.
replies-placeholders = Lo que se rellena
replies-placeholders-about = Escriba esto entre llaves. Se rellena al poner el texto en una respuesta; lo que no se sabe queda, y así el texto no se puede enviar.
replies-puts = Pone
replies-put-patient-first-name = El nombre de pila del paciente
replies-put-patient-name = El nombre completo del paciente
replies-put-team = El nombre del equipo
replies-put-phone = El teléfono del lugar del equipo
replies-put-nurse-line = La línea de enfermería del lugar del equipo
replies-put-my-name = Su nombre
replies-put-fill = Algo que usted escribe cada vez, como una dosis
replies-key = Elegir una respuesta guardada
replies-label = Respuesta guardada
replies-insert = Ponerla
replies-level = Nivel
replies-level-none = Como está
replies-end = Después
replies-end-none = Nada más
replies-press = Una sola pulsación hace esto:
replies-press-none = Esta respuesta guardada propone algo más, pero aquí no:
replies-press-go = Enviar y hacer esto
replies-press-key = Enviar y hacer lo que propone la respuesta guardada
replies-press-why = Por qué es menos urgente
replies-step-send = Envía este mensaje.
replies-step-level = Pone el nivel: { $level }.
replies-step-wait = Espera al paciente.
replies-step-close = Cierra: { $outcome }.
replies-but-lower = El nivel queda: solo un médico lo hace menos urgente.
replies-but-level = El nivel queda: aquí no hay trabajo abierto de su equipo.
replies-but-close = No se cierra: aquí usted no puede cerrar.
replies-but-questions = Hay preguntas abiertas. Marque las que responde este mensaje, o déjelas de lado antes: no se cierra con una pregunta abierta.
replies-fault-placeholder = Queda una palabra entre llaves: no es de las que se pueden rellenar, o no se sabe su valor. Escriba las palabras en su lugar.
replies-fault-full = Ya hay 200 respuestas guardadas. Primero deseche una.
staff-fault-title = Escriba un título.
staff-fault-text-en = Escriba un texto en inglés o en español.
staff-fault-text-es = Escriba un texto en español.

announce-rail = Avisos
announce-title = Avisos
announce-none = Usted no dirige ningún equipo. Quien dirige un equipo puede escribir a sus pacientes.
announce-about = Un texto para muchos pacientes. Cada quien lo recibe en una conversación propia; sus respuestas llegan al equipo.
announce-new = Escribir un aviso
announce-empty = Todavía no hay avisos.
announce-back = Todos los avisos
announce-write = Aviso
announce-one = Aviso
announce-who = Quién lo recibe
announce-everybody = { $n ->
    [one] El único paciente del equipo
   *[other] Los { $n } pacientes del equipo
  }
announce-language = { $n ->
    [one] 1 paciente cuyo idioma es { $language }
   *[other] { $n } pacientes cuyo idioma es { $language }
  }
announce-headline-en = Título en inglés
announce-headline-es = Título en español
announce-placeholders = Puede escribir {"{"}nombre del paciente{"}"}, {"{"}equipo{"}"}, {"{"}teléfono{"}"} y {"{"}línea de enfermería{"}"}. Cada paciente recibe el texto en su idioma, si lo hay; si no, el primero.
announce-look = Ver cómo se lee
announce-by = { $team }, de { $name }
announce-count = { $n ->
    [0] No lo recibiría nadie.
    [one] Lo recibiría 1 paciente.
   *[other] Lo recibirían { $n } pacientes.
  }
announce-readers = { $n ->
    [0] Nadie de ellos lee aquí.
    [one] 1 de ellos lee aquí.
   *[other] { $n } de ellos leen aquí.
  }
announce-how = Cada paciente lo recibe en una conversación propia, con el nombre de usted. Nadie ve quién más lo recibió. El correo solo dice que hay un mensaje.
announce-send = { $n ->
    [one] Enviarlo a 1 paciente
   *[other] Enviarlo a { $n } pacientes
  }
announce-not-own = Lo escribió otra persona. Ábralo con "Cambiarlo" y guárdelo; entonces puede enviarlo con su nombre.
announce-nobody = No hay nadie a quien enviarlo.
announce-change = Cambiarlo
announce-sent = { $n ->
    [one] 1 paciente lo tiene.
   *[other] { $n } pacientes lo tienen.
  }
announce-left = { $left ->
    [0] Nadie debe recibirlo aún
    [one] 1 aún debe recibirlo
   *[other] { $left } aún deben recibirlo
  }{ $skipped ->
    [0] .
    [one] ; a 1 no se le pudo enviar.
   *[other] ; a { $skipped } no se les pudo enviar.
  }
announce-stop = Detener el envío
announce-refreshes = Mirar de nuevo
announce-sending = El envío ha comenzado.
announce-stopped = El envío está detenido. Quien lo tiene lo conserva.
announce-changed = El texto o el número de pacientes ha cambiado. Mire de nuevo antes de enviarlo.
announce-state-draft = Borrador
announce-state-sending = Enviándose
announce-state-done = Enviado
announce-state-stopped = Detenido
announce-fault-headline = Escriba un título.
staff-fault-headline-en = Escriba un título.
staff-fault-headline-es = Escriba un título.
staff-fault-language = Elija quién lo recibe.
