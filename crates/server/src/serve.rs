//! Connections: taken, limited, and ended when the server stops.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;

use crate::app::App;
use crate::batches;
use crate::ending::Ending;
use crate::guard::Guard;
use crate::paths;
use crate::patient::Patient;
use crate::routes::{inner_router, router};
use crate::ui::Ui;
use crate::upkeep::keep_up;

/// What clients can take of the server.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at a time; further ones wait.
    pub connections: usize,
    /// Time for a request's head to arrive, from when the connection is free for it.
    pub head: Duration,
    /// Time for its body to arrive, and for each piece of one that is a file; and for a client
    /// to take a piece of its answer.
    pub arrival: Duration,
    /// Bytes of a request's body.
    pub body: usize,
    /// Bytes that all bodies take together that are being read, parsed.
    pub bodies: usize,
    /// Bytes of a file that is uploaded.
    pub file: usize,
    /// Time for answers under way once the server is to stop.
    pub grace: Duration,
    /// Fields that OpenAI does not know are refused.
    pub strict: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            head: Duration::from_secs(60),
            arrival: Duration::from_secs(60),
            body: 32 << 20,
            bodies: 1 << 30,
            file: 512 << 20,
            grace: Duration::from_secs(30),
            strict: false,
        }
    }
}

/// Time for clients to read why their answers failed.
const FAREWELL: Duration = Duration::from_secs(5);

/// Serves until `stop`; then takes no more, and lets answers under way finish. Whether all
/// did: what is left when their time is over fails, and says so.
pub async fn serve(
    listener: TcpListener,
    app: App,
    guard: Guard,
    limits: Limits,
    ui: Ui,
    stop: impl Future<Output = ()>,
) -> bool {
    let upkeep = tokio::spawn(keep_up(app.clone()));
    let (stop_batches, stopped) = watch::channel(false);
    let inner = inner_router(app.clone(), &limits);
    let workers = batches::start(&app, &inner, &stopped);
    let ending = app.ending().clone();
    let router = router(app.clone(), guard, &limits);
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, accept(&listener, &app).await)
        };
        let (place, stream) = tokio::select! {
            () = &mut stop => break,
            next = next => next,
        };
        let (router, ui) = (router.clone(), ui.clone());
        let service = tower::service_fn(move |request: Request<Incoming>| {
            answer(router.clone(), ui.clone(), request)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .serve_connection(
                TokioIo::new(Patient::new(stream, limits.arrival)),
                TowerToHyperService::new(service),
            );
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // Clients come and go; how they went is nobody's concern.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    upkeep.abort();
    app.pulls().stop_all();
    // What of batches is under way is asked again by whoever goes on with them.
    let _ = stop_batches.send(true);
    let ended = async {
        tokio::join!(graceful.shutdown(), workers.join_all());
        ending.done().await;
    };
    all_done(ended, &ending, limits.grace).await
}

/// Whether what is under way ends in time; else it fails.
async fn all_done(ended: impl Future<Output = ()>, ending: &Ending, grace: Duration) -> bool {
    let mut ended = std::pin::pin!(ended);
    if timeout(grace, &mut ended).await.is_ok() {
        return true;
    }
    ending.fail();
    // They are told why.
    let _ = timeout(FAREWELL, ended).await;
    false
}

/// The next connection.
async fn accept(listener: &TcpListener, app: &App) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Tokens are small, and each should go out at once.
                let _ = stream.set_nodelay(true);
                return stream;
            }
            // Too many files are open: some will be closed.
            Err(e) if passes(&e) => sleep(Duration::from_millis(50)).await,
            // Memory is short, or the network is away; those who are here go on.
            Err(e) => {
                app.report(&format!("cannot take a connection: {e}"));
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// A page, or what the API says.
async fn answer(
    router: Router,
    ui: Ui,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let request = ui.below_base(request.map(Body::new));
    match ui.page(&request) {
        Some(page) => Ok(page),
        None => router.oneshot(paths::rewrite(request)).await,
    }
}

/// Whether accepting may soon succeed.
fn passes(e: &io::Error) -> bool {
    const TOO_MANY_FILES: [i32; 2] = [23, 24];
    let files = e
        .raw_os_error()
        .is_some_and(|code| TOO_MANY_FILES.contains(&code));
    files
        || matches!(
            e.kind(),
            io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
        )
}
