-- gsub calls a C function twenty million times: no instruction of the script is executed meanwhile.
-- expect: time limit or memory limit
-- limits: time=200ms
return ("x"):rep(2e7):gsub("x", rawlen)
