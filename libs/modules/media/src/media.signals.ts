import { signal } from '@kilomega/observability'

export const ObjectsReconciled = signal(
  'media.objects-reconciled',
  'warn',
  'Objects and rows of media differed; objects without row are gone, rows without object have failed',
)
export const RendererEnded = signal('media.renderer-died', 'warn', 'A rendering process ended at work; its picture is tried again up to 3 times')
