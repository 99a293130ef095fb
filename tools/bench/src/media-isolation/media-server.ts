/** A server that answers requests and can be given pictures to work on. */
export interface MediaServer {
  url: string
  /** Answers without the thread pool of its process. */
  helloPath: string
  /** Answers by reading a small file, which takes the thread pool. */
  filePath: string
  token?: string
  /** Resolves when pictures are being worked on. */
  beginJobs(): Promise<void>
  /** Resolves when none is any more; rejects where they ended too soon to have been in the way of anything. */
  endJobs(): Promise<void>
  close(): Promise<void>
}
