import { processEnvironment } from '@kilomega/config'
import picocolors from 'picocolors'

/** Colours for one stream: on a terminal only, and not where NO_COLOR is set. */
export const colorsFor = (stream: { isTTY?: boolean }) => picocolors.createColors(stream.isTTY === true && !processEnvironment()['NO_COLOR'])
