import { migrateApp } from '@kilomega/process'
import { ApiModule } from './api.module.js'

void migrateApp(ApiModule)
