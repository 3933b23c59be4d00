//! JSON lines over a stream socket, for processes with one thread.

use std::{
    io::{self, ErrorKind, Read, Write},
    os::unix::net::UnixStream,
};

use rustix::io::fcntl_dupfd_cloexec;
use serde::{Serialize, de::DeserializeOwned};

/// More than any environment can hold, which the kernel limits as well.
const MAX_LINE: usize = 8 << 20;

/// One end of the conversation.
pub(super) struct Channel {
    stream: UnixStream,
    read: Vec<u8>,
}

impl Channel {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { stream, read: Vec::new() }
    }

    /// The conversation whose other end our parent gave us as standard input.
    ///
    /// The descriptor that it moves to is closed when this process becomes another program.
    pub(super) fn of_stdin() -> io::Result<Self> {
        Ok(Self::new(UnixStream::from(fcntl_dupfd_cloexec(io::stdin(), 3)?)))
    }

    /// A second hold on the conversation. Only one of both may receive.
    #[cfg(target_os = "linux")]
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        self.stream.try_clone().map(Self::new)
    }

    #[cfg(target_os = "linux")]
    pub(super) fn stream(&self) -> &UnixStream {
        &self.stream
    }

    pub(super) fn send(&mut self, message: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        self.stream.write_all(&line)
    }

    /// The next message, or none when the other end is gone.
    pub(super) fn receive<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                return Ok(Some(serde_json::from_slice(&line)?));
            }
            if self.read.len() > MAX_LINE {
                return Err(io::Error::new(ErrorKind::InvalidData, "the message does not end"));
            }
            let mut chunk = [0; 16 << 10];
            match self.stream.read(&mut chunk) {
                Ok(0) => return Ok(None),
                Ok(count) => self.read.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // The other end died with something of ours unread.
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// True once the other end is gone.
    #[cfg(target_os = "linux")]
    pub(super) fn is_closed(&self) -> io::Result<bool> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let mut fds = [PollFd::new(&self.stream, PollFlags::RDHUP)];
        poll(&mut fds, Some(&Timespec::default()))?;
        Ok(fds[0].revents().intersects(PollFlags::HUP | PollFlags::RDHUP | PollFlags::ERR))
    }
}
