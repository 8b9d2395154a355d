module rez-infra/tools/pause

go 1.25.0
