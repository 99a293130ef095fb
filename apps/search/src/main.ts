import { SearchPort } from '@kilomega/contracts'
import { bind } from '@kilomega/messaging'
import { start } from '@kilomega/process'
import { Module } from '@nestjs/common'

@Module({ imports: [bind(SearchPort, () => import('@kilomega/search'))] })
class SearchApp {}

void start(SearchApp)
