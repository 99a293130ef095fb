import type { NotificationType } from '@kilomega/contracts'
import type { z } from 'zod'

export interface Notice {
  type: z.infer<typeof NotificationType>
  /** The error code, if something failed. */
  reason: string | null
}

export interface NoticeWords {
  title: string
  body: string
}

/** Errors that users can fix; all others get the general text. */
const failures: ReadonlyMap<string | null, string> = new Map([
  ['CORRUPT_IMAGE', 'The file is damaged. Try to export it again and upload the new file.'],
  ['TOO_MANY_PIXELS', 'The picture has too many pixels. Make it smaller and upload it again.'],
  ['TOO_MANY_FRAMES', 'The picture has too many frames. Upload a shorter one.'],
  ['TIMED_OUT', 'The picture took too long to read. Make it smaller and upload it again.'],
])
const unknownFailure = 'The file could not be read. Try another one.'

/** The text of a notice, in the inbox and in mails. */
export function noticeWords({ type, reason }: Notice, productName: string): NoticeWords {
  switch (type) {
    case 'welcome':
      return { title: `Welcome to ${productName}`, body: 'Your address is confirmed and everything is ready for your first post.' }
    case 'media-ready':
      return { title: 'Your picture is ready', body: 'It can be used in posts now.' }
    case 'media-failed':
      return { title: 'Your picture could not be used', body: failures.get(reason) ?? unknownFailure }
  }
}
