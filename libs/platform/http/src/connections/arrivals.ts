import { edgeErrors } from '../edge-errors.js'
import type { EdgeRequest } from '../edge-request.js'
import type { HttpConfig } from '../http.config.js'
import { minUploadBytesPerS } from '../limits.js'
import type { Traffic } from '../traffic.js'

interface Mark {
  bytes: number
  atMs: number
}

/** Bodies on their way: those of most routes have the budget of a request to arrive, and uploads have to come on at a rate. Who is slower gets 408. */
export class Arrivals {
  /** How far uploads had come at the beginning of the span that is measured. */
  private marks = new Map<EdgeRequest, Mark>()

  constructor(
    private readonly traffic: Traffic,
    private readonly config: HttpConfig,
  ) {}

  sweep(nowMs: number): void {
    const marks = new Map<EdgeRequest, Mark>()
    for (const request of this.traffic.requests()) {
      const { reply } = request
      if (reply.sent || reply.request.raw.complete) continue
      const isLate = request.route?.upload ? this.isSlowUpload(request, nowMs, marks) : nowMs - request.startedMs > this.config.budgetMs
      if (isLate) reply.send(edgeErrors.REQUEST_TIMEOUT())
    }
    this.marks = marks
  }

  /** What has arrived and was not read yet waits for us and not for the client. */
  private isSlowUpload(request: EdgeRequest, nowMs: number, marks: Map<EdgeRequest, Mark>): boolean {
    const { raw } = request.reply.request
    const now = { bytes: raw.socket.bytesRead, atMs: nowMs }
    const mark = this.marks.get(request) ?? now
    const { stallMs } = this.config
    const isOver = nowMs - mark.atMs >= stallMs
    marks.set(request, isOver ? now : mark)
    return isOver && raw.readableLength === 0 && now.bytes - mark.bytes < (minUploadBytesPerS * stallMs) / 1_000
  }
}
