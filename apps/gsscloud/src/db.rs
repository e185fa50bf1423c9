//! The one file that everything is kept in: one opener, one writer, and one `fsync` for all who wait for one.
//!
//! Every change is a job. A thread takes all jobs that wait, does them in one transaction, commits (which is durable: `fsync`), and only
//! then answers them. While one commit is under way the jobs of the next gather, and while
//! they do, one begins 25 ms after the one before at the earliest: a thousand agents do not mean a thousand `fsync`s.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use redb::{Database, ReadTransaction, ReadableDatabase as _, WriteTransaction};
use tokio::sync::{oneshot, watch};
use tracing::{error, info, warn};

/// The most jobs of one transaction.
const MAX_GROUP: usize = 1024;

/// Where more than one job waited, the next transaction begins so long after the last one at the earliest. Each costs as much as many changes do,
/// and an agent does not wait for milliseconds; who is alone does not wait at all.
const COMMIT_EVERY: Duration = Duration::from_millis(25);

/// Jobs that may wait; whoever has one more waits to place it.
const MAX_WAITING: usize = 4096;

/// The pause before the file is opened again after it could not be written.
const REOPEN_PAUSE: Duration = Duration::from_secs(5);

/// The file as every part of the program holds it.
#[derive(Debug, Clone)]
pub struct Db {
    jobs: tokio::sync::mpsc::Sender<Job>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    cache_bytes: usize,
    /// `None` while the file is opened anew.
    database: RwLock<Option<Arc<Database>>>,
    healthy: watch::Sender<bool>,
    /// How many transactions were committed.
    commits: AtomicU64,
}

/// What the writer does for one caller, and how it tells the caller afterwards.
enum Job {
    Change(Change),
    /// Nothing comes after this.
    Close(oneshot::Sender<()>),
}

type Change = Box<dyn FnOnce(&WriteTransaction) -> Result<Told, redb::Error> + Send>;

type Told = Box<dyn FnOnce(bool) + Send>;

/// Why nothing was read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Unavailable {
    /// The file cannot be opened.
    #[error("cannot open {path}: {cause}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why, in words.
        cause: String,
    },
    /// It could not be read.
    #[error("cannot read the log: {0}")]
    Read(String),
    /// It could not be written; nothing was.
    #[error("cannot write the log")]
    Write,
    /// The program ends.
    #[error("the log is closed")]
    Closed,
}

impl Db {
    /// Opens the file, makes it if there is none, and starts its writer. The folder must be there.
    ///
    /// Blocks: after a crash of the machine the file may have to be looked through.
    ///
    /// # Errors
    /// [`Unavailable::Open`]: no such folder, no right to it, another process has it open, or it is no such file.
    pub fn open(path: &Path, cache_bytes: usize) -> Result<Self, Unavailable> {
        let database = open(path, cache_bytes)?;
        let (jobs, waiting) = tokio::sync::mpsc::channel(MAX_WAITING);
        let shared = Arc::new(Shared {
            path: path.to_owned(),
            cache_bytes,
            database: RwLock::new(Some(Arc::new(database))),
            healthy: watch::Sender::new(true),
            commits: AtomicU64::new(0),
        });
        let writer = Writer { shared: shared.clone(), waiting };
        thread::Builder::new()
            .name("log writer".into())
            .spawn(move || writer.run())
            .map_err(|cause| Unavailable::Open { path: path.to_owned(), cause: cause.to_string() })?;
        Ok(Self { jobs, shared })
    }

    /// Does `job` in the next transaction, and gives its result once that is durable.
    ///
    /// What `job` gives decides nothing about the transaction: it writes nothing where it gives a refusal of its own. Dropping the future does
    /// not take the job back.
    ///
    /// # Errors
    /// The transaction failed, and with it every change of it; or the program ends.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&WriteTransaction) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.place(job, |_| ()).await?.await.unwrap_or(Err(Unavailable::Write))
    }

    /// Places `job` in its turn and gives what will tell of it. Jobs are done in the order in which they were placed. What it gave is shown to
    /// `then` once it is durable, on the thread of the writer, whether somebody still waits or not.
    ///
    /// # Errors
    /// The program ends.
    pub async fn place<T: Send + 'static>(
        &self,
        job: impl FnOnce(&WriteTransaction) -> Result<T, redb::Error> + Send + 'static,
        then: impl FnOnce(&T) + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, Unavailable>>, Unavailable> {
        let (done, told) = oneshot::channel();
        let job = Job::Change(Box::new(move |transaction| {
            let result = job(transaction)?;
            let tell = move |committed| {
                if committed {
                    then(&result);
                }
                let _ = done.send(if committed { Ok(result) } else { Err(Unavailable::Write) });
            };
            Ok(Box::new(tell) as Told)
        }));
        self.jobs.send(job).await.map_err(|_| Unavailable::Closed)?;
        Ok(told)
    }

    /// Ends the writer and gives the file back. What was placed before is done.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.jobs.send(Job::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }

    /// Reads in one snapshot, on a thread that may block.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let db = self.clone();
        tokio::task::spawn_blocking(move || db.read_now(job)).await.unwrap_or(Err(Unavailable::Closed))
    }

    /// [`read`](Self::read) on this thread, for what is small.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read_now<T>(&self, job: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>) -> Result<T, Unavailable> {
        let database = self.shared.database.read().unwrap_or_else(PoisonError::into_inner).clone();
        let database = database.ok_or_else(|| Unavailable::Read("it is being opened anew".into()))?;
        let told = |error: redb::Error| Unavailable::Read(error.to_string());
        let transaction = database.begin_read().map_err(|error| told(error.into()))?;
        job(&transaction).map_err(told)
    }

    /// Whether the file can be written.
    pub fn is_healthy(&self) -> bool {
        *self.shared.healthy.borrow()
    }

    /// How many transactions were committed since the start.
    pub fn commits(&self) -> u64 {
        self.shared.commits.load(Ordering::Relaxed)
    }

    /// The size of the file, in bytes.
    pub fn file_bytes(&self) -> u64 {
        std::fs::metadata(&self.shared.path).map_or(0, |file| file.len())
    }
}

fn open(path: &Path, cache_bytes: usize) -> Result<Database, Unavailable> {
    let told = |cause: String| Unavailable::Open { path: path.to_owned(), cause };
    let is_new = !path.exists();
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    builder.set_repair_callback(|repair| {
        info!(percent = (repair.progress() * 100.0).round(), "looking through the log after a crash");
    });
    let database = builder.create(path).map_err(|error| told(error.to_string()))?;
    if is_new {
        settle(path).map_err(|error| told(error.to_string()))?;
    }
    Ok(database)
}

/// A new file is its owner's only, and its name is safe only once its folder is.
#[cfg(unix)]
fn settle(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    path.parent().map_or(Ok(()), |dir| std::fs::File::open(dir)?.sync_all())
}

/// Windows opens no folder, and the rights of a file are those of its folder.
#[cfg(not(unix))]
fn settle(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// What became of a transaction.
enum Outcome {
    Committed,
    Abandoned,
    Broken(String),
}

struct Writer {
    shared: Arc<Shared>,
    waiting: tokio::sync::mpsc::Receiver<Job>,
}

impl Writer {
    fn run(mut self) {
        let mut group = Vec::with_capacity(MAX_GROUP);
        let mut closing = None;
        let mut busy: Option<Instant> = None;
        // Zero is the end: every sender is gone.
        while closing.is_none() && self.waiting.blocking_recv_many(&mut group, MAX_GROUP) > 0 {
            if let Some(rest) = busy.and_then(|begun| COMMIT_EVERY.checked_sub(begun.elapsed())) {
                thread::sleep(rest);
                while group.len() < MAX_GROUP
                    && let Ok(job) = self.waiting.try_recv()
                {
                    group.push(job);
                }
            }
            busy = (group.len() > 1).then(Instant::now);
            let mut told = Vec::with_capacity(group.len());
            let mut changes = Vec::with_capacity(group.len());
            for job in group.drain(..) {
                match job {
                    Job::Change(change) => changes.push(change),
                    Job::Close(done) => closing = Some(done),
                }
            }
            let outcome = self.commit(changes, &mut told);
            if let Outcome::Broken(_) = outcome {
                self.shared.healthy.send_replace(false);
            }
            for tell in told {
                tell(matches!(outcome, Outcome::Committed));
            }
            match outcome {
                Outcome::Committed => {
                    self.shared.commits.fetch_add(1, Ordering::Relaxed);
                }
                Outcome::Abandoned => error!("a change of the log panicked; it and those beside it were not made"),
                Outcome::Broken(cause) => {
                    error!(error = %cause, "the log cannot be written");
                    if closing.is_none() {
                        self.reopen();
                    }
                }
            }
        }
        drop(self.shared.database.write().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(done) = closing {
            let _ = done.send(());
        }
    }

    fn commit(&self, changes: Vec<Change>, told: &mut Vec<Told>) -> Outcome {
        let Some(database) = self.shared.database.read().unwrap_or_else(PoisonError::into_inner).clone() else {
            return Outcome::Broken("it is not open".into());
        };
        let mut transaction = match database.begin_write() {
            Ok(transaction) => transaction,
            Err(error) => return Outcome::Broken(error.to_string()),
        };
        // After a crash the file is open again at once, however large it is.
        transaction.set_quick_repair(true);
        for change in changes {
            match catch_unwind(AssertUnwindSafe(|| change(&transaction))) {
                Ok(Ok(tell)) => told.push(tell),
                Ok(Err(error)) => return Outcome::Broken(error.to_string()),
                Err(_) => return Outcome::Abandoned,
            }
        }
        match transaction.commit() {
            Ok(()) => Outcome::Committed,
            Err(error) => Outcome::Broken(error.to_string()),
        }
    }

    /// After an error of the disk the handle stays unusable, even if there is room again.
    fn reopen(&self) {
        let mut slot = self.shared.database.write().unwrap_or_else(PoisonError::into_inner);
        drop(slot.take());
        drop(slot);
        loop {
            thread::sleep(REOPEN_PAUSE);
            match open(&self.shared.path, self.shared.cache_bytes) {
                Ok(database) => {
                    *self.shared.database.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(database));
                    self.shared.healthy.send_replace(true);
                    info!("the log is open again");
                    return;
                }
                Err(error) => warn!(error = %error, "the log cannot be opened"),
            }
        }
    }
}
