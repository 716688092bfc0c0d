# Palabras del lado del personal: cola, conversación, recepción, facturación, administración, registro.

# Marco
staff-rail = Listas
staff-keys = Teclas
staff-account = Cuenta
staff-find = Buscar un paciente
staff-find-identifier = Número de expediente
staff-find-go = Buscar
staff-cancel = Cancelar
staff-yes = Sí
staff-no = No
staff-none = Nada.
staff-never = Nunca
staff-active = Activo
staff-disabled = Desactivado
staff-from = Desde
staff-to = Hasta
staff-until = Hasta
staff-end = Terminar
staff-show = Mostrar
staff-next = 50 siguientes
staff-back-to = Volver a { $list }
staff-back-thread = Volver a la conversación
staff-rail-work = Mi trabajo
staff-rail-teams = Equipos
staff-rail-patients = Pacientes
staff-rail-office = Oficina
staff-rail-queue = Cola del equipo
staff-rail-mine = Lo mío
staff-rail-waiting = En espera del paciente
staff-rail-closed = Cerradas hace poco
staff-rail-desk = Recepción
staff-rail-time = Tiempo
staff-rail-people = Personas
staff-rail-teams-admin = Equipos
staff-rail-sites = Sedes
staff-rail-privacy = Registro de accesos

# Niveles
staff-level = Nivel
staff-level-1 = Ahora
staff-level-2 = Hoy
staff-level-3 = Pronto
staff-level-4 = Sin prisa
staff-said-patient = Dijo el paciente
staff-said-patient-nothing = El paciente no dijo
staff-said-rules = Dicen las reglas
staff-lower-title = ¿Poner el nivel en { $level }?
staff-lower-why = Un nivel más bajo da más tiempo al equipo. Solo un clínico lo baja, y dice por qué.
staff-lower-go = Poner este nivel
staff-print-title = Conversación, para imprimir
staff-printed = Impreso { $time } para { $name }

# Cola
staff-queue-title = Cola
staff-queue-open =
    { $n ->
        [one] { $n } abierta
       *[other] { $n } abiertas
    }
staff-queue-late =
    { $n ->
        [one] { $n } con retraso
       *[other] { $n } con retraso
    }
staff-queue-order = por nivel y por tiempo restante
staff-queue-empty = No hay nada en espera.
staff-queue-empty-more = Los mensajes nuevos aparecen aquí solos. Mire en otra lista al lado.
staff-col-level = Nivel
staff-col-patient = Paciente
staff-col-message = Mensaje
staff-col-category = Tema
staff-col-since = Desde
staff-col-due = Plazo
staff-col-with = Con
staff-col-reference = Referencia
staff-col-team = Equipo
staff-col-state = Estado
staff-col-received = Recibida
staff-col-day = Día
staff-col-person = Quién
staff-col-activity = Actividad
staff-col-time = Tiempo
staff-col-when = Cuándo
staff-col-who = Quién
staff-col-role = Función
staff-col-what = Qué
staff-col-basis = Con qué derecho
staff-col-outcome = Resultado
staff-col-name = Nombre
staff-col-username = Usuario
staff-col-roles = Funciones
staff-col-teams = Equipos
staff-col-factor = Segundo factor
staff-col-seen = Última entrada
staff-col-purpose = Para qué
staff-col-site = Sede
staff-col-members = Miembros
staff-col-phone = Teléfono
staff-col-hours = Horario
staff-col-zone = Zona horaria
staff-col-emergency = Número de emergencias
staff-no-patient = Sin paciente
staff-unread = Nuevo
staff-by-helper = Por { $name }
staff-late-by = { $time } tarde
staff-left = quedan { $time }
staff-with-me = Usted
staff-with-team = Equipo

# Conversación
staff-thread-title = Conversación
staff-born = nacimiento
staff-record = Expediente
staff-writes-in = Lee { $language }
staff-helpers = También leen:
staff-context = Notas del equipo y expediente
staff-between = Solo entre colegas.
staff-between-tag = Solo entre colegas
staff-between-more = El paciente no ve esta conversación.
staff-only = Solo personal
staff-wanted = Qué se pide
staff-ask-fact = Un dato
staff-ask-opinion = Una opinión
staff-ask-action = Que se haga algo
staff-ask-inform = Nada, solo informa
staff-question-answered = Contestada
staff-question-aside = Apartar
staff-question-n = pregunta { $n }
staff-question-was-answered = Contestada por { $name }
staff-question-was-aside = Apartada por { $name }
staff-messages = Mensajes
staff-earlier = Mostrar mensajes anteriores
staff-new = Nuevo
staff-message-n = mensaje { $n }
staff-custody = Quién lo tiene
staff-step-received = Recibida
staff-step-team = Con un equipo
staff-step-handled = En curso
staff-step-waiting = En espera del paciente
staff-step-answered = Contestada
staff-step-closed = Cerrada
staff-yours = La tiene usted
staff-held-by = La tiene { $name }
staff-lease = hasta
staff-since = desde
staff-outcome-was = Resultado: { $outcome }
staff-act-claim = Tomar
staff-act-release = Devolver al equipo
staff-act-wait = Esperar al paciente
staff-act-reopen = Abrir de nuevo
staff-act-assign = Asignar
staff-act-assign-go = Asignar
staff-assign-to = Asignar a
staff-act-pass = Pasar
staff-act-pass-go = Pasar
staff-pass-to = A
staff-pass-reason = Motivo, para el equipo
staff-act-close = Cerrar
staff-act-close-go = Cerrar
staff-close-outcome = ¿Cómo terminó?
staff-act-print = Imprimir
staff-outcome-answered = Contestada aquí
staff-outcome-callback = Se llamó al paciente
staff-outcome-appointment = Cita concertada
staff-outcome-refill = Medicina renovada
staff-outcome-order = Prueba o tratamiento pedido
staff-outcome-handed_over = Entregada a otro equipo
staff-outcome-answered_elsewhere = Contestada por otra vía
staff-outcome-no_answer_needed = No necesita respuesta
staff-reply = Responder
staff-reply-to = Responder a { $name }
staff-reply-staff = Responder a colegas
staff-shown-as = Firma { $name }
staff-send = Enviar
staff-send-anyway = Enviar de todos modos
staff-send-wait = Enviar y esperar al paciente
staff-send-close = Enviar y cerrar
staff-send-colleagues = Enviar a colegas
staff-save-draft = Guardar borrador
staff-saved = Guardado como borrador
staff-newer =
    { $n ->
        [one] Llegó un mensaje mientras usted escribía.
       *[other] Llegaron { $n } mensajes mientras usted escribía.
    }
staff-newer-more = Lea arriba lo marcado Nuevo. Todavía no se envió nada.
staff-joined = { $name } se unió y leerá lo que usted envíe.
staff-held = Sale en unos segundos.
staff-own = Corregir o retirar
staff-correct-text = Texto nuevo
staff-correct-reason = Por qué cambia (los lectores lo ven)
staff-correct-go = Corregir
staff-retract-reason = Por qué lo retira (los lectores lo ven)
staff-retract-go = Retirar
staff-corrected = Corregido { $time } por { $name }. Mostrar el texto anterior
staff-taken-back = { $name } retiró esto { $time }.
staff-seen = Abierto { $time }
staff-writing = { $name } está escribiendo
staff-about-visit = Visita del { $date }, { $with }
staff-channel-phone = Por teléfono, anotado por { $name }
staff-channel-letter = Por carta, anotado por { $name }
staff-for = para { $name }
staff-role-patient = paciente
staff-role-helper = ayudante
staff-event-passed = { $name } la pasó a { $to }
staff-event-joined = { $name } se unió
staff-event-closed = { $name } la cerró
staff-rights-write = lee y escribe
staff-rights-read = lee
staff-rights-draft = prepara borradores
staff-category-symptom = Síntoma nuevo
staff-category-condition = Problema conocido
staff-category-medication = Medicina
staff-category-refill = Renovar medicina
staff-category-result = Resultado
staff-category-after_visit = Después de una visita
staff-category-form = Formulario o carta
staff-category-appointment = Cita
staff-category-billing = Factura o seguro
staff-category-sexual_health = Salud sexual
staff-category-mental_health = Salud mental
staff-category-substance_use = Alcohol o drogas
staff-category-other = Otra cosa

# Notas
staff-notes = Notas del equipo
staff-notes-who = El paciente nunca las ve
staff-note-label = Nota al equipo — el paciente nunca la ve
staff-note-save = Guardar nota
staff-promote = Copiar a la conversación…
staff-promote-title = ¿Enviar esta nota al paciente?
staff-promote-about = La nota se queda en el equipo. Una copia entra en la conversación como mensaje de usted.
staff-promote-note = La nota
staff-promote-readers = La leerán:
staff-promote-text = Lo que se enviará
staff-promote-go = Sí, enviar al paciente

# Expediente
staff-chart-of = Expediente de { $name }
staff-chart-empty = Todavía no se importó nada.
staff-chart-none = No consta nada.
staff-chart-as-of = Del expediente, al { $date }
staff-chart-results = Últimos resultados
staff-chart-medicines = Medicinas
staff-chart-conditions = Problemas
staff-chart-visits = Visitas
staff-chart-was = antes { $value }

# Empezar
staff-start-care = Escribir al paciente
staff-start-staff = Preguntar a un colega
staff-readers = Lo leerán:
staff-start-team = De qué equipo
staff-start-to = A qué equipo
staff-start-visit = Sobre una visita
staff-start-no-visit = No es sobre una visita
staff-start-category = Tema
staff-start-headline = Título
staff-start-body = Mensaje
staff-fault-headline = Escriba un título de pocas palabras.
staff-fault-body = Primero escriba algo.
staff-fault-note = Primero escriba la nota.
staff-fault-outcome = Elija cómo terminó.
staff-fault-reason = Diga por qué, en pocas palabras.
staff-fault-team = Elija un equipo en el que la persona aún no está.
staff-fault-birth-date = Añada la fecha de nacimiento: el nombre solo no basta.
staff-fault-identifier = Escriba el número de expediente completo.
staff-fault-record-number = Escriba el número de expediente completo.

# Alguien fue más rápido
staff-conflict-title = No se hizo
staff-conflict-claimed = Alguien la tomó antes que usted
staff-conflict-claimed-advice = Está en buenas manos. Mírela o tome la siguiente.
staff-conflict-moved = Mientras tanto pasó a otro
staff-conflict-moved-advice = Mire dónde está ahora antes de actuar.
staff-conflict-closed = Se cerró mientras tanto
staff-conflict-closed-advice = Mire cómo terminó. Puede abrirla de nuevo.
staff-conflict-late = Ya no se puede deshacer
staff-conflict-late-advice = Pasaron los diez segundos. Aún puede cambiarlo a mano.
staff-conflict-changed = Alguien lo cambió mientras tanto
staff-conflict-changed-advice = Mire el estado más nuevo y repita si aún es correcto.
staff-conflict-unchanged = Usted no cambió nada.
staff-conflict-written = Lo que había escrito
staff-conflict-look = Verla ahora
staff-conflict-queue = Volver a la cola

# Lo hecho
staff-done-claimed = Ahora la tiene usted.
staff-done-passed = Pasada.
staff-done-closed = Cerrada.
staff-done-sent = Enviado.

# Teclas
staff-keys-title = Teclas
staff-keys-about = Todo lo que hacen estas teclas también es un botón.
staff-keys-key = Tecla
staff-keys-does = Qué hace
staff-keys-settings = Ajustes de teclas
staff-keys-are-on = Las teclas de una letra están activas.
staff-keys-are-off = Las teclas de una letra están apagadas.
staff-keys-why-off = Apáguelas si habla con su computadora o si le estorban. Las teclas con Ctrl y Alt siguen funcionando.
staff-keys-turn-off = Apagarlas
staff-keys-turn-on = Activarlas
staff-keys-jk = Conversación siguiente y anterior
staff-keys-enter = Abrirla
staff-keys-r = Responder
staff-keys-m = Nota al equipo
staff-keys-a = Asignar
staff-keys-e = Cerrar
staff-keys-level = Fijar el nivel
staff-keys-z = Deshacer
staff-keys-slash = Buscar un paciente
staff-keys-gq = Ir a la cola del equipo
staff-keys-gm = Ir a lo mío
staff-keys-gw = Ir a en espera del paciente
staff-keys-help = Estas teclas
staff-keys-send = Enviar la respuesta
staff-keys-note = Guardar la nota
staff-key-move = mover
staff-key-open = abrir
staff-key-find = buscar un paciente
staff-key-help = todas las teclas
staff-close-dialog = Cerrar

# Pacientes
staff-find-about = A los pacientes se los encuentra por datos exactos, para que nadie curiosee.
staff-find-by-number = Por número de expediente
staff-find-by-name = Por nombre y fecha de nacimiento
staff-find-name = Apellido o nombre completo
staff-birth-date = Fecha de nacimiento
staff-found =
    { $n ->
        [0] No se encontró a nadie
        [one] Un paciente encontrado
       *[other] { $n } pacientes encontrados
    }
staff-found-none = Revise cómo se escribe y la fecha, o pida el número de expediente.
staff-patient-title = Paciente
staff-patient-threads = Conversaciones
staff-patient-no-threads = Todavía no hay conversaciones.
staff-patient-visits = Visitas
staff-patient-facts = Sobre la persona
staff-patient-account = Portal
staff-patient-has-account = Entra al portal
staff-patient-no-account = Todavía sin cuenta
staff-patient-circle = Personas que ayudan
staff-patient-no-circle = Nadie ayuda con los mensajes.
staff-fact-language = Idioma
staff-fact-phone = Teléfono
staff-fact-address = Dirección

# Recepción, facturación, registro
staff-desk-title = Recepción
staff-desk-about = quién y dónde, nunca qué
staff-desk-empty = No hay conversaciones abiertas.
staff-billing-title = Tiempo registrado
staff-billing-about = Tiempo por día y función. Facturación no ve mensajes.
staff-billing-empty = No se registró tiempo en estos días.
staff-billing-sum = En total
staff-activity-answering = Contestar
staff-activity-reviewing = Revisar el expediente
staff-privacy-title = Registro de accesos
staff-privacy-about = Quién se acercó al expediente de un paciente. Su consulta también queda registrada.
staff-record-number = Número de expediente
staff-privacy-empty = Nadie abrió nada en estos días.
staff-allowed = Permitido
staff-refused = Rechazado
staff-times = { $n } veces
staff-outcomes-all = Todo
staff-outcomes-refused = Solo lo rechazado
staff-what-read-thread = Leyó una conversación
staff-what-reply = Contestó
staff-what-read-chart = Abrió el expediente
staff-basis-member = Miembro de { $team }
staff-basis-grant = Ayudante, permiso del { $date }
staff-basis-none = Sin derecho

# Administración
staff-people-title = Personas
staff-people-count =
    { $n ->
        [one] { $n } cuenta
       *[other] { $n } cuentas
    }
staff-admin-about = aquí no hay datos de salud
staff-people-empty = Nadie coincide.
staff-show-label = Quiénes
staff-filter-active = Personas activas
staff-filter-all = Todas
staff-filter-no-factor = Sin segundo factor
staff-person-title = Persona
staff-person-sessions = Sesiones abiertas
staff-person-enrol = Imprimir un código nuevo
staff-person-sign-out = Cerrar todas las sesiones
staff-person-disable = Desactivar esta cuenta…
staff-person-enable = Activar esta cuenta
staff-person-memberships = Equipos
staff-person-add-team = Añadir a este equipo
staff-person-grants = Puede actuar por pacientes
staff-person-grant-self = Expediente propio, { $patient }
staff-person-grant-helper = Ayuda a { $patient }, todo el expediente
staff-membership = { $team }, { $role }
staff-role-nurse = enfermería
staff-role-clinician = medicina
staff-role-desk = recepción
staff-role-administrator = administración
staff-role-billing = facturación
staff-role-privacy_officer = privacidad
staff-confirm-title = Confirme
staff-confirm-reason = Motivo, para el registro
staff-disable-title = ¿Desactivar a { $name }?
staff-disable-signs-out = Toda sesión abierta termina en un segundo.
staff-disable-keeps = No se borra nada de lo escrito.
staff-disable-work = Lo que esta persona tiene vuelve a los equipos.
staff-disable-go = Desactivar esta cuenta
staff-enrol-title = Código de inscripción
staff-enrol-back = Volver a la persona
staff-enrol-once = Este código se muestra una sola vez. Imprímalo ahora y entréguelo en mano.
staff-enrol-for = Para { $name }
staff-enrol-helps = Usted ayudará a { $name }.
staff-enrol-lead = Escriba a su equipo de salud desde su teléfono o computadora.
staff-enrol-step-1 = Abra esta dirección:
staff-enrol-step-2 = Elija «Tengo un código en papel de mi clínica».
staff-enrol-step-3 = Su usuario:
staff-enrol-step-4 = Su código:
staff-enrol-step-5 = Elija su propia contraseña. Ya está dentro.
staff-enrol-until = El código sirve una vez, hasta
staff-enrol-safe = Guarde bien esta hoja. Nunca pedimos el código por teléfono ni por correo.
staff-enrol-help = ¿Preguntas?
staff-teams-title = Equipos
staff-teams-about = Un equipo necesita un nombre sencillo, un propósito, horario y suplencia antes de que los pacientes le escriban.
staff-team-title = Equipo
staff-team-inactive = Aún sin abrir
staff-team-missing-cover = Falta: quién cubre cuando todos están ausentes
staff-team-hours = Horario
staff-team-target = Tiempo de respuesta
staff-team-cover = Cubre cuando todos están ausentes
staff-sites-title = Sedes
staff-sites-about = El teléfono está en cada página de error y en cada aviso de retraso.
