-- gsub calls a C function twenty million times: no instruction of the script runs meanwhile.
-- expect: T or M
-- limits: time=200ms
return ("x"):rep(2e7):gsub("x", rawlen)
