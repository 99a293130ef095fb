import { edgeErrors } from '../edge-errors.js'
import type { EdgeRequest } from '../edge-request.js'
import type { HttpConfig } from '../http.config.js'
import { minUploadBytesPerS } from '../limits.js'
import type { Traffic } from '../traffic.js'

interface Mark {
  bytes: number
  atMs: number
}

/**
 * Request bodies that are still arriving. On most routes the body has the budget of a request to arrive; an upload must keep up a minimum rate. A slower
 * client gets 408.
 */
export class Arrivals {
  /** How much of each upload had arrived at the start of the measured interval. */
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

  /** Bytes that have arrived but are not read yet are waiting for us, not for the client. */
  private isSlowUpload(request: EdgeRequest, nowMs: number, marks: Map<EdgeRequest, Mark>): boolean {
    const { raw } = request.reply.request
    const now = { bytes: raw.socket.bytesRead, atMs: nowMs }
    const mark = this.marks.get(request) ?? now
    const { stallMs } = this.config
    const hasElapsed = nowMs - mark.atMs >= stallMs
    marks.set(request, hasElapsed ? now : mark)
    return hasElapsed && raw.readableLength === 0 && now.bytes - mark.bytes < (minUploadBytesPerS * stallMs) / 1_000
  }
}
