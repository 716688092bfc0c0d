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
