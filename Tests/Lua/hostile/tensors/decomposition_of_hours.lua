-- A matrix whose decomposition would occupy a core for hours after the script has ended.
-- expect: error
-- message: minutes at most
local nj = require "nightjar"
nj.zeros { 7000, 7000 }:svd()
