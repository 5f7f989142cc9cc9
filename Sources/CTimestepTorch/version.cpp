#include "CTimestepTorch.h"
