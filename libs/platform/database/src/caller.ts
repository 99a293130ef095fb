import { join } from 'node:path'

/** Where the packages of the platform are, this one among them. */
const platform = join(import.meta.dirname, '../..') + '/'
const root = join(platform, '../..') + '/'
/** Their frames are between every statement and the code that sent it. */
const inBetween = [join(import.meta.dirname, '..') + '/', join(platform, 'ports') + '/']
/** TypeORM alone has ten between a `save` and its statement. */
const mostFrames = 60

/**
 * The code that awaits the current work: the first frame outside of the platform and of libraries, as `PostList.page (libs/modules/content/dist/post-list.js:61)`,
 * else the first of the platform. Undefined if nobody awaits it. To be called after an `await`, in the function that was awaited: V8 then follows the promises
 * to their callers, so that nothing has to be noted beforehand.
 */
export function currentCaller(): string | undefined {
  const holder: { stack?: string } = {}
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = mostFrames
  Error.captureStackTrace(holder, currentCaller)
  Error.stackTraceLimit = before
  return callerIn(holder.stack ?? '')
}

/** The caller in the text of a stack. */
export function callerIn(stack: string): string | undefined {
  const frames = stack
    .split('\n')
    .map((line) => line.replace('file://', ''))
    .filter((line) => line.includes(root) && !line.includes('/node_modules/') && !inBetween.some((folder) => line.includes(folder)))
  const frame = frames.find((line) => !line.includes(platform)) ?? frames[0]
  return frame && named(frame)
}

/** `at async PostList.page (/…/libs/modules/content/dist/post-list.js:61:12)` without its ends. A frame without a function is only a place. */
const named = (frame: string): string =>
  frame
    .trim()
    .replace(/^at (async )?/, '')
    .replace(root, '')
    .replace(/:\d+(?=\)?$)/, '')
