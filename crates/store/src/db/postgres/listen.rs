//! LISTEN: a connection of its own that hears what other nodes say with NOTIFY.

use std::future::poll_fn;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Config, NoTls};

/// The wait before a lost connection is made anew.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Hears a channel until it is dropped.
#[derive(Debug)]
pub struct Listening(JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Calls `heard` for every notification on `channel`, and each time the connection is made, because
/// something may have been said before.
pub(super) fn start(
    handle: &Handle,
    server: Config,
    channel: &'static str,
    heard: impl Fn() + Send + Sync + 'static,
) -> Listening {
    Listening(handle.spawn(async move {
        loop {
            if let Err(error) = listen(&server, channel, &heard).await {
                tracing::warn!(%error, "other nodes are not heard; trying again");
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }))
}

async fn listen(
    server: &Config,
    channel: &str,
    heard: &(impl Fn() + Sync),
) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = server.connect(NoTls).await?;
    // The channel is a literal of ours.
    let statement = format!("LISTEN {channel}");
    let asking = client.batch_execute(&statement);
    tokio::pin!(asking);
    let mut asked = false;
    loop {
        tokio::select! {
            done = &mut asking, if !asked => {
                done?;
                asked = true;
                heard();
            }
            message = poll_fn(|cx| connection.poll_message(cx)) => match message {
                Some(Ok(AsyncMessage::Notification(_))) => heard(),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
        }
    }
}
