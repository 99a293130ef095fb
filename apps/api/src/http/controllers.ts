import { AccountStatesController } from './account-states.controller.js'
import { AccountsController } from './accounts.controller.js'
import { AnalyticsController } from './analytics.controller.js'
import { DatabaseController } from './database.controller.js'
import { MailController } from './mail.controller.js'
import { MeController } from './me.controller.js'
import { MediaController } from './media.controller.js'
import { NotificationsController } from './notifications.controller.js'
import { OperationsController } from './operations.controller.js'
import { PostsController } from './posts.controller.js'
import { NewAccountsController } from './new-accounts.controller.js'
import { PromotionsController } from './promotions.controller.js'
import { SearchController } from './search.controller.js'
import { AccountPagesController } from './pages/account-pages.controller.js'
import { UnsubscribePageController } from './pages/unsubscribe-page.controller.js'
import { SessionsController } from './sessions.controller.js'

export const controllers = [
  AccountsController,
  SessionsController,
  MeController,
  PostsController,
  SearchController,
  MediaController,
  NotificationsController,
  AnalyticsController,
  AccountPagesController,
  UnsubscribePageController,
  MailController,
  NewAccountsController,
  PromotionsController,
  AccountStatesController,
  OperationsController,
  DatabaseController,
]
