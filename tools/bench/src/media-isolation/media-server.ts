/** A server that answers requests while it works on pictures. */
export interface MediaServer {
  url: string
  /** Answers without the thread pool of its process. */
  helloPath: string
  /** Answers by reading a small file, which uses the thread pool. */
  filePath: string
  token?: string
  /** Resolves when work on pictures has started. */
  startJobs(): Promise<void>
  /** Resolves when it has ended; rejects if it ended too soon to have disturbed anything. */
  finishJobs(): Promise<void>
  close(): Promise<void>
}
