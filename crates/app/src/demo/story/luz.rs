//! Luz, who writes in Spanish.

use domain::message::Ask;
use domain::thread::{Category, ThreadKind};
use domain::work_item::Outcome;

use super::{DemoAbout, DemoThread, assign, claim, close, day, minutes, pass, phone, say};

pub(super) const THREADS: &[DemoThread] = &[
    DemoThread {
        key: "luz-tiroides",
        kind: ThreadKind::Care,
        patient: "luz",
        about: DemoAbout::Problem("luz-hypothyroidism"),
        team: "family",
        category: Category::Result,
        ask: Ask::Opinion,
        headline: "Resultado de la tiroides",
        entries: &[
            say(
                day(222, 18, 20),
                "luz",
                "Buenas tardes doctora. Vi que mi TSH salió 7.8. Estoy muy cansada y se me \
                 cae el pelo. ¿Es por eso?",
            ),
            say(
                day(221, 9, 0),
                "marta",
                "Gracias por escribir, señora Ortega. Le paso su mensaje a la Dra. Feldman. \
                 Ella le contesta hoy y yo le ayudo con el español.",
            ),
            claim(day(221, 9, 5), "dora"),
            say(
                day(221, 13, 10),
                "dora",
                "Sí, puede ser por eso. Su dosis es un poco baja. Vamos a subir la \
                 levotiroxina a 75 mcg. Tómela en ayunas con agua y espere 30 minutos para \
                 comer. Repetimos el análisis en 6 semanas.",
            ),
            say(day(221, 19, 0), "luz", "Muchas gracias. ¿La puedo tomar con el café?"),
            say(
                day(220, 8, 40),
                "dora",
                "Primero la pastilla con agua. Después de 30 minutos, el café.",
            ),
            say(day(176, 10, 30), "luz", "Ya me hice el análisis. Me siento con más fuerza."),
            say(day(175, 9, 15), "dora", "Su TSH es 2.9, está muy bien. Siga con la misma dosis."),
            close(day(175, 9, 16), "dora", Outcome::Answered, ""),
        ],
    },
    DemoThread {
        key: "luz-cita",
        kind: ThreadKind::Care,
        patient: "luz",
        about: DemoAbout::Nothing,
        team: "desk",
        category: Category::Appointment,
        ask: Ask::Action,
        headline: "Cambiar mi cita",
        entries: &[
            say(
                day(143, 11, 0),
                "luz",
                "No puedo ir el martes porque cuido a mi nieto. ¿Hay otra hora?",
            ),
            claim(day(143, 12, 10), "marta"),
            say(
                day(143, 12, 20),
                "marta",
                "Claro que sí. Tengo el jueves a las 3:20 o el viernes a las 9:00.",
            ),
            say(day(143, 12, 45), "luz", "El jueves por favor."),
            say(
                day(143, 13, 0),
                "marta",
                "Listo. Jueves a las 3:20 con la Dra. Feldman. Pedimos una intérprete para \
                 usted, es gratis.",
            ),
            close(day(143, 13, 1), "marta", Outcome::Appointment, ""),
        ],
    },
    DemoThread {
        key: "luz-azucar",
        kind: ThreadKind::Care,
        patient: "luz",
        about: DemoAbout::Problem("luz-prediabetes"),
        team: "diabetes",
        category: Category::Condition,
        ask: Ask::Opinion,
        headline: "¿Tengo diabetes?",
        entries: &[
            say(
                day(103, 20, 0),
                "luz",
                "La doctora dijo prediabetes. Mi mamá perdió una pierna por el azúcar. Tengo \
                 mucho miedo.",
            ),
            claim(day(102, 9, 30), "lee"),
            assign(day(102, 9, 40), "lee", "okafor"),
            say(
                day(102, 11, 50),
                "okafor",
                "Entiendo su miedo, señora Ortega. Prediabetes no es diabetes, y usted llega \
                 a tiempo. Caminar 30 minutos, cinco días a la semana, y bajar unas 10 libras \
                 puede reducir el riesgo a la mitad. Tenemos un curso en español los sábados.",
            ),
            say(day(102, 19, 10), "luz", "Me apunto al curso. Gracias por explicarme con calma."),
            say(
                day(101, 9, 0),
                "lee",
                "Ya está inscrita. Empieza este sábado a las 10. Puede traer a su familia.",
            ),
            close(day(101, 9, 1), "lee", Outcome::Order, ""),
        ],
    },
    DemoThread {
        key: "luz-telefono",
        kind: ThreadKind::Care,
        patient: "luz",
        about: DemoAbout::Medication("luz-levothyroxine"),
        team: "desk",
        category: Category::Other,
        ask: Ask::Fact,
        headline: "Pastillas de otro color",
        entries: &[
            phone(
                day(58, 10, 20),
                "marta",
                "En la farmacia me dieron pastillas de otro color. La etiqueta dice \
                 levotiroxina 75 mcg, de otra marca. ¿Es la misma medicina?",
            ),
            pass(day(58, 10, 22), "marta", "family", "She would like to hear it from her doctor."),
            claim(day(58, 10, 40), "dora"),
            close(
                day(58, 11, 2),
                "dora",
                Outcome::Callback,
                "Es la misma medicina y la misma dosis, solo de otra marca. Tómela igual. \
                 Hacemos un análisis en 6 semanas para estar seguras.",
            ),
        ],
    },
    DemoThread {
        key: "luz-mareo",
        kind: ThreadKind::Care,
        patient: "luz",
        about: DemoAbout::Nothing,
        team: "family",
        category: Category::Symptom,
        ask: Ask::Opinion,
        headline: "Mareos por la mañana",
        entries: &[say(
            minutes(28),
            "luz",
            "Desde el lunes me mareo al levantarme de la cama, todo da vueltas por un \
                 minuto. No me he caído. Hoy vomité una vez. ¿Qué hago?",
        )],
    },
    DemoThread {
        key: "luz-curso",
        kind: ThreadKind::Care,
        patient: "luz",
        about: DemoAbout::Nothing,
        team: "diabetes",
        category: Category::Other,
        ask: Ask::Inform,
        headline: "Ya terminé el curso",
        entries: &[
            say(
                day(15, 17, 30),
                "luz",
                "Terminé el curso de los sábados y bajé 8 libras. Mi nieto camina conmigo.",
            ),
            claim(day(14, 9, 0), "lee"),
            say(
                day(14, 9, 10),
                "lee",
                "¡Felicidades! Es un logro muy grande. Le mando una receta de sopa que le \
                 gusta a todo el grupo.",
            ),
            close(day(14, 9, 11), "lee", Outcome::NoAnswerNeeded, ""),
        ],
    },
];
