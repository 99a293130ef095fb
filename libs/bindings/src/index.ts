import { AnalyticsPort, ContentPort, IdentityPort, MediaPort, NotificationsPort, SearchPort } from '@kilomega/contracts'
import { bind } from '@kilomega/messaging'

/**
 * The system on one screen: which module implements which port. The API and the worker import this list, so that every module with routes in the API also has
 * a worker for its jobs and a process that handles its events.
 */
export const bindings = [
  bind(IdentityPort, () => import('@kilomega/identity')),
  bind(ContentPort, () => import('@kilomega/content')),
  bind(SearchPort, () => import('@kilomega/search')),
  bind(MediaPort, () => import('@kilomega/media')),
  bind(NotificationsPort, () => import('@kilomega/notifications')),
  bind(AnalyticsPort, () => import('@kilomega/analytics')),
]
