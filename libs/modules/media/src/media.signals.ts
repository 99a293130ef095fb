import { signal } from '@kilomega/observability'

export const ObjectsReconciled = signal(
  'media.objects-reconciled',
  'warn',
  'Objects and rows of media differed: objects without a row were removed, rows without their objects have failed',
)
export const RendererEnded = signal('media.renderer-died', 'warn', 'A rendering process ended while working; its picture is retried up to 3 times')
