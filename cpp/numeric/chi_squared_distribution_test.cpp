#include "numeric/chi_squared_distribution.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "numeric/bit_digest.hpp"
#include "numeric/exact_figure.hpp"
#include "table/error.hpp"

BOOST_AUTO_TEST_SUITE(chi_squared_distribution_test)

using namespace seawall;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// mpmath 1.4.1, 50 digits and more: the series below the mean and Legendre's fraction above it.
struct Probability {
    double degrees_of_freedom, x;
    ExactFigure cdf, survival;
};
constexpr Probability probabilities[] = {
    {2.0,
     1e-10,
     {0x1.b7cdfd9d4ca27p-35, -0x1.0c909172d9612p-90},
     {0x1.ffffffff920c8p-1, 0x1.3159aec90c909p-58}},
    {2.0,
     0.3,
     {0x1.1d4522eec8c8p-3, -0x1.279715258a753p-58},
     {0x1.b8aeb7444dcep-1, 0x1.279715258a753p-58}},
    {2.0,
     1.5,
     {0x1.0e25f8a081941p-1, -0x1.4bbf0f4cffc58p-56},
     {0x1.e3b40ebefcd7ep-2, 0x1.4bbf0f4cffc58p-56}},
    {2.0,
     2.0,
     {0x1.43a54e4e98864p-1, 0x1.ca8a4270fadf5p-57},
     {0x1.78b56362cef38p-2, -0x1.ca8a4270fadf5p-57}},
    {2.0,
     2.5,
     {0x1.6d4f3e46ad3d8p-1, 0x1.b1c9913c92fa4p-55},
     {0x1.25618372a584fp-2, 0x1.38d9bb0db4172p-57}},
    {2.0,
     40.0,
     {0x1.ffffffee4b79bp-1, -0x1.7cdc99b9812d1p-55},
     {0x1.1b48655f37267p-29, -0x1.9fb4baeafe811p-85}},
    {2.0, 1400.0, {0x1p+0, 0x0p+0}, {0x1.14f2b0fb9307fp-1010, 0x0.00000000000acp-1022}},
    {2.1, 1e-100, {0x1.156a3758de693p-350, -0x1.46814208ba76fp-408}, {0x1p+0, 0x0p+0}},
    {2.1,
     1e-05,
     {0x1.649d8c20fcf7cp-19, 0x1.769837eaeded5p-73},
     {0x1.ffffa6d89cf7cp-1, 0x1.841d12cf902a2p-58}},
    {2.1,
     0.7,
     {0x1.177de30c1352bp-2, 0x1.bcc6760a974fbp-59},
     {0x1.74410e79f656ap-1, 0x1.e433989f568bp-55}},
    {2.1,
     2.2,
     {0x1.4b134262a8c24p-1, 0x1.a97a3b8fd2e61p-55},
     {0x1.69d97b3aae7b7p-2, 0x1.5a1711c0b467bp-57}},
    {2.1,
     4.0,
     {0x1.b4f62020a84e2p-1, 0x1.4829faf6e98a5p-55},
     {0x1.2c277f7d5ec77p-3, -0x1.20a7ebdba6294p-57}},
    {2.1,
     25.0,
     {0x1.ffff6db7693a2p-1, -0x1.ad6ca9d42b9e5p-58},
     {0x1.24912d8bc1ad7p-18, -0x1.ab15ea30d6a0fp-73}},
    {2.1,
     75.0,
     {0x1.fffffffffffffp-1, 0x1.b37611f4ca535p-55},
     {0x1.2644f7059ad65p-54, 0x1.bd10abd0a1783p-108}},
    {3.0,
     0.1,
     {0x1.0b78a70fb482dp-7, -0x1.93b3dc7081928p-61},
     {0x1.fbd21d63c12dfp-1, 0x1.364ecf71c2065p-55}},
    {3.0,
     2.9,
     {0x1.2f762b43f12dbp-1, 0x1.49ad41bc0fe5fp-58},
     {0x1.a113a9781da4ap-2, -0x1.49ad41bc0fe5fp-58}},
    {3.0,
     3.1,
     {0x1.3f4049a908d2p-1, 0x1.57346d2dda15fp-62},
     {0x1.817f6cadee5cp-2, -0x1.57346d2dda15fp-62}},
    {3.0,
     12.0,
     {0x1.fc38463e2d3dap-1, 0x1.6ca56a7d2b0a5p-55},
     {0x1.e3dce0e9612d2p-8, 0x1.ad4ac16a7ad81p-62}},
    {4.0,
     0.001,
     {0x1.0c589314eea1dp-23, 0x1.607b676fe0f3p-79},
     {0x1.fffffbce9db3bp-1, -0x1.dd43a2c0f6ceep-56}},
    {4.0,
     1.0,
     {0x1.7179c2ac4f788p-4, 0x1.23e4f8b0036cbp-60},
     {0x1.d1d0c7aa7610fp-1, -0x1.23e4f8b0036cbp-60}},
    {4.0,
     5.0,
     {0x1.6ce757bbed53p-1, -0x1.2727f2e165c22p-58},
     {0x1.26315088255ap-2, 0x1.2727f2e165c22p-58}},
    {4.0,
     60.0,
     {0x1.fffffffff99efp-1, 0x1.64368e486d199p-55},
     {0x1.98429bc971b79p-39, 0x1.733ab1e5ab078p-94}},
    {10.0,
     0.5,
     {0x1.bbb45290bd256p-18, 0x1.f2e1fb6925c81p-72},
     {0x1.ffff2225d6b7ap-1, 0x1.6d4c1a3c092dbp-57}},
    {10.0,
     7.0,
     {0x1.1924f549f2b07p-2, 0x1.1f8c038cf0dd1p-56},
     {0x1.736d855b06a7cp-1, 0x1.7039fe3987918p-55}},
    {10.0,
     9.9,
     {0x1.19f407a649b77p-1, 0x1.41c650b903d38p-55},
     {0x1.cc17f0b36c911p-2, 0x1.7c735e8df859p-56}},
    {10.0,
     10.1,
     {0x1.22efcd0090ec9p-1, 0x1.788f633a7c9bdp-57},
     {0x1.ba2065fede26ep-2, -0x1.788f633a7c9bdp-57}},
    {10.0,
     18.0,
     {0x1.e3dbce3a9e71p-1, 0x1.598b08acc20eap-58},
     {0x1.c2431c5618effp-5, 0x1.4ce9eea67be2cp-59}},
    {10.0,
     90.0,
     {0x1.fffffffffffdp-1, -0x1.ef6603f48a934p-56},
     {0x1.81ef6603f48a9p-48, 0x1.a3ac9f53ef0abp-103}},
    {39.5,
     4.0,
     {0x1.038f48d2c2a3cp-43, -0x1.43a8cb30f731p-97},
     {0x1.ffffffffffbf2p-1, -0x1.e91a5854775e3p-56}},
    {39.5,
     30.0,
     {0x1.194bfff6e9a8ep-3, -0x1.8735904aa0f66p-57},
     {0x1.b9ad00024595dp-1, -0x1.9e329bed57c26p-55}},
    {39.5,
     39.0,
     {0x1.03d0c04bfceadp-1, -0x1.478d40dd9c0a9p-55},
     {0x1.f85e7f68062a7p-2, -0x1.70e57e44c7eaep-56}},
    {39.5,
     40.0,
     {0x1.1ab04f268ecbdp-1, 0x1.c5bd10fe046c6p-55},
     {0x1.ca9f61b2e2685p-2, 0x1.d217780fdc9d1p-58}},
    {39.5,
     70.0,
     {0x1.fefca86212268p-1, 0x1.fa6e410974943p-55},
     {0x1.03579dedd9781p-9, 0x1.91bef68b6bca3p-63}},
    {41.0,
     6.0,
     {0x1.1506004d47e19p-35, 0x1.f3d02b687ef24p-89},
     {0x1.ffffffffbabe8p-1, -0x1.351f865f3d02bp-61}},
    {41.0,
     14.0,
     {0x1.ac0e994770512p-16, -0x1.d3d100006e4ebp-70},
     {0x1.fffca7e2cd712p-1, -0x1.4462c2effff92p-58}},
    {41.0,
     30.0,
     {0x1.a2c789dd16a91p-4, 0x1.9115111ac25fdp-58},
     {0x1.cba70ec45d2aep-1, -0x1.64454446b097fp-56}},
    {41.0,
     41.0,
     {0x1.0f0a957597e79p-1, -0x1.9d598d14964dep-58},
     {0x1.e1ead514d030ep-2, 0x1.9d598d14964dep-58}},
    {41.0,
     60.0,
     {0x1.f1b1b9362b6bcp-1, -0x1.f72cb8b7fc235p-55},
     {0x1.c9c8d93a9289p-6, -0x1.1a68e9007b96ep-60}},
    {41.0,
     98.0,
     {0x1.ffffcfd127735p-1, -0x1.8769b77dceaf9p-57},
     {0x1.8176c4658c3b5p-20, -0x1.2208c541a6df6p-75}},
    {41.0,
     150.0,
     {0x1.fffffffffff24p-1, 0x1.f65bfec9e913fp-55},
     {0x1.b704d2009b0b7p-46, 0x1.812ac59a51e4fp-100}},
    {250.5,
     60.0,
     {0x1.b11777aa879c5p-126, -0x1.949334a997d4fp-181},
     {0x1p+0, -0x1.b11777aa879c5p-126}},
    {250.5,
     170.0,
     {0x1.b76dd8f9f0a4p-16, -0x1.e8374b6f3c5c9p-74},
     {0x1.fffc91244e0c2p-1, -0x1.47ff0be45a486p-57}},
    {250.5,
     249.0,
     {0x1.f0bf6f554aff3p-2, -0x1.e971655430beap-57},
     {0x1.07a048555a807p-1, -0x1.85a3a6aaf3d05p-55}},
    {250.5,
     260.0,
     {0x1.58b2d9a0441d5p-1, 0x1.94e7efcbb5111p-56},
     {0x1.4e9a4cbf77c56p-2, -0x1.94e7efcbb5111p-56}},
    {250.5,
     400.0,
     {0x1.ffffffcf1c71ep-1, -0x1.c2f63b3fc12c3p-55},
     {0x1.871c71385ec76p-28, 0x1.fe096146a7acbp-82}},
    {250.5,
     520.0,
     {0x1p+0, -0x1.8de773c85054fp-68},
     {0x1.8de773c85054fp-68, 0x1.146520ba31749p-123}},
    {10000.0,
     9500.0,
     {0x1.58be26650e845p-13, -0x1.adad40eae35bep-67},
     {0x1.ffea741d99af1p-1, 0x1.eedadad40eae3p-55}},
    {10000.0,
     10000.0,
     {0x1.00f67f9b578cp-1, 0x1.d43ff5b8bbaf2p-56},
     {0x1.fe1300c950e8p-2, -0x1.d43ff5b8bbaf2p-56}},
    {10000.0,
     10200.0,
     {0x1.d76234744965ap-1, -0x1.b81c53744e181p-55},
     {0x1.44ee5c5db4d33p-4, 0x1.c0e29ba270c0bp-58}},
    {10000.0, 15000.0, {0x1p+0, 0x0p+0}, {0x1.84fa7a1308f51p-689, 0x1.b9466b63b96c5p-744}},
    {1000000.0,
     990000.0,
     {0x1.6ded56d6c021fp-41, -0x1.512f07c6e15bcp-96},
     {0x1.fffffffffe921p-1, 0x1.54949fef09513p-56}},
    {1000000.0,
     999000.0,
     {0x1.eb28763998edap-3, -0x1.b2059e9bdff36p-57},
     {0x1.8535e27199c4ap-1, -0x1.937e985908033p-55}},
    {1000000.0,
     1000500.0,
     {0x1.46d196268518p-1, -0x1.1709f21abbb73p-55},
     {0x1.725cd3b2f5d01p-2, -0x1.d1ec1bca8891ap-56}},
    {1000000.0,
     1006000.0,
     {0x1.fffe7ff779b85p-1, -0x1.b7752884f557ep-57},
     {0x1.80088647b1b77p-17, 0x1.4a213d55f6f2p-71}},
};

struct Quantile {
    double degrees_of_freedom, p;
    ExactFigure x;
};
constexpr Quantile quantiles[] = {
    {2.0, 1e-300, {0x1.56e1fc2f8f359p-996, 0x0p+0}},
    {2.0, 1e-100, {0x1.bff2ee48e053p-332, 0x0p+0}},
    {2.0, 1e-16, {0x1.cd2b297d889bcp-53, 0x1.9f623d5a8a733p-107}},
    {2.0, 1e-05, {0x1.4f8bc681e6006p-16, -0x1.467e6f483fa76p-70}},
    {2.0, 0.01, {0x1.495453e6fd4b7p-6, -0x1.3403849a6db47p-60}},
    {2.0, 0.3, {0x1.6d3c324e13f4ep-1, 0x1.f0207d9d4c9c1p-55}},
    {2.0, 0.5, {0x1.62e42fefa39efp+0, 0x1.abc9e3b39803fp-55}},
    {2.0, 0.7, {0x1.34378fcbda72p+1, -0x1.e2d2b46fa8d23p-54}},
    {2.0, 0.99, {0x1.26bb1bbb55515p+3, -0x1.f48ad494ea3e1p-51}},
    {2.0, 0.999999, {0x1.ba18a998fc064p+4, 0x1.112fd0bf36b22p-50}},
    {2.0, 0.9999999999999999, {0x1.25e4f7b2737fap+6, 0x1.8486612173c69p-50}},
    {2.1, 1e-300, {0x1.e04fec299a3c7p-949, -0x1.3390c07a3c0fap-1004}},
    {2.1, 1e-100, {0x1.93643f0a3022ap-316, 0x1.f5073414863a3p-371}},
    {2.1, 1e-16, {0x1.5435f18661b8bp-50, -0x1.26aed28bc7da7p-105}},
    {2.1, 1e-05, {0x1.2868dfce706a6p-15, 0x1.79a8e1f8b7f1ep-69}},
    {2.1, 0.01, {0x1.a33f0dc8030dep-6, 0x1.240016c9135efp-61}},
    {2.1, 0.3, {0x1.8f712f1f79067p-1, -0x1.36769b4d80a48p-61}},
    {2.1, 0.5, {0x1.7bb781e40e904p+0, 0x1.9920fa0901989p-55}},
    {2.1, 0.7, {0x1.44a6b6d5d4374p+1, -0x1.df5593cd06b85p-53}},
    {2.1, 0.99, {0x1.2dfd5948e097cp+3, 0x1.3f0fad9b3df0ep-51}},
    {2.1, 0.999999, {0x1.bf48714336e19p+4, -0x1.7d5830e2bc69bp-52}},
    {2.1, 0.9999999999999999, {0x1.2790458accbfdp+6, 0x1.5da4c34c88061p-48}},
    {3.0, 1e-300, {0x1.d9d1501f6efedp-664, -0x1.a012af854fd87p-718}},
    {3.0, 1e-100, {0x1.c16c996696168p-221, 0x1.5602c1d158187p-275}},
    {3.0, 1e-16, {0x1.ca3931972d2a1p-35, -0x1.40929774564edp-89}},
    {3.0, 1e-05, {0x1.26473ddf673bbp-10, 0x1.69e116693c45ap-64}},
    {3.0, 0.01, {0x1.d659df1b28ca2p-4, -0x1.9bfc3d4ed8ef6p-59}},
    {3.0, 0.3, {0x1.6c747930b6ac8p+0, -0x1.1adc467e4d9fcp-54}},
    {3.0, 0.5, {0x1.2ed83b744a845p+1, 0x1.9d5614b04106ap-54}},
    {3.0, 0.7, {0x1.d51a7c5ee4265p+1, -0x1.0e3bf94744892p-53}},
    {3.0, 0.99, {0x1.6b0925f3ee5a5p+3, 0x1.166f70057263ep-51}},
    {3.0, 0.999999, {0x1.eaa339720b013p+4, 0x1.4b4505acd8b95p-51}},
    {3.0, 0.9999999999999999, {0x1.3595d3ba5c75ap+6, 0x1.c5f0a961d99b8p-56}},
    {5.5, 1e-300, {0x1.4ef62cd9d4776p-361, 0x1.19c66addb184ep-415}},
    {5.5, 1e-100, {0x1.f9deb08ab3a28p-120, 0x1.d76685c14a771p-176}},
    {5.5, 1e-16, {0x1.5e4b8e593a6bdp-18, 0x1.89c62b72f5a0ap-72}},
    {5.5, 1e-05, {0x1.ae9c7f00ad72p-5, 0x1.bee10ae6e147cp-60}},
    {5.5, 0.01, {0x1.69ae270acf574p-1, -0x1.e6efb6a8bf64ap-57}},
    {5.5, 0.3, {0x1.b4a8b3b8c37aap+1, -0x1.5e04d302be0dap-53}},
    {5.5, 0.5, {0x1.36603ada6ec27p+2, -0x1.3bc2185464c6fp-54}},
    {5.5, 0.7, {0x1.a996e6f1931f7p+2, -0x1.157425664d312p-53}},
    {5.5, 0.99, {0x1.fea7a9c2ae77p+3, -0x1.212cae1cc09d5p-56}},
    {5.5, 0.999999, {0x1.28b4fb4147d3ep+5, -0x1.2849902248068p-51}},
    {5.5, 0.9999999999999999, {0x1.5709206a352c2p+6, -0x1.207e2474e144p-48}},
    {10.0, 1e-300, {0x1.0bed226024c25p-197, -0x1.fb83364a28e6p-252}},
    {10.0, 1e-100, {0x1.ec1a57f308d93p-65, -0x1.ff5d68c06ebffp-123}},
    {10.0, 1e-16, {0x1.af048cdec2627p-9, 0x1.cdd6e6ee6e7dfp-66}},
    {10.0, 1e-05, {0x1.17207649b36bdp-1, -0x1.597e70846510ap-57}},
    {10.0, 0.01, {0x1.47737efe1de56p+1, 0x1.c4741e39b828bp-53}},
    {10.0, 0.3, {0x1.d11a1a38e3985p+2, -0x1.91e5c0f2f0e78p-52}},
    {10.0, 0.5, {0x1.2af02bcf8d18fp+3, 0x1.d5b7cb553456cp-56}},
    {10.0, 0.7, {0x1.78fbae04fcf17p+3, 0x1.ab9e5a11859e1p-51}},
    {10.0, 0.99, {0x1.735917be45bebp+4, 0x1.c4856d879baecp-50}},
    {10.0, 0.999999, {0x1.76e7851aec7a7p+5, 0x1.084c92125af35p-49}},
    {10.0, 0.9999999999999999, {0x1.89d1c7d70b854p+6, -0x1.a0d08f45d5f29p-48}},
    {41.0, 1e-300, {0x1.6334d2f020762p-45, 0x1.2f8cdb1623432p-100}},
    {41.0, 1e-100, {0x1.d7a6a29742cfcp-13, 0x1.9454e7e637567p-67}},
    {41.0, 1e-16, {0x1.828e0aa62cdddp+1, 0x1.75c7b13eebe54p-53}},
    {41.0, 1e-05, {0x1.a354798c55025p+3, -0x1.b58dacc30d164p-51}},
    {41.0, 0.01, {0x1.6e7d62123834cp+4, -0x1.51a14fecea4cbp-50}},
    {41.0, 0.3, {0x1.1e8133b9e389p+5, 0x1.775b3fa061e4ap-49}},
    {41.0, 0.5, {0x1.42aeaf1a790f3p+5, 0x1.0896b4d6241fap-49}},
    {41.0, 0.7, {0x1.69c9ffff3f1c7p+5, -0x1.9f1f1bd2fea5ap-49}},
    {41.0, 0.99, {0x1.03ccdf8006657p+6, -0x1.6c5d933cc54cdp-51}},
    {41.0, 0.999999, {0x1.8cb21cb0b6024p+6, -0x1.7209d095853aap-48}},
    {41.0, 0.9999999999999999, {0x1.4889cf144cc9dp+7, 0x1.dd5de1e238fd6p-47}},
    {100.0, 1e-300, {0x1.46dff8c0d4774p-15, 0x1.7a8abb7145c8ep-69}},
    {100.0, 1e-100, {0x1.908cd52a41639p-2, -0x1.65a1307e9e4bdp-56}},
    {100.0, 1e-16, {0x1.775a3d7448b5ap+4, 0x1.cb9d791de4571p-50}},
    {100.0, 1e-05, {0x1.95b000061ff9ep+5, -0x1.3a9ad75db2bfep-49}},
    {100.0, 0.01, {0x1.184273d0b912fp+6, 0x1.32f02b1fc3ee1p-50}},
    {100.0, 0.3, {0x1.708409fc1a434p+6, -0x1.a638b52b57da9p-48}},
    {100.0, 0.5, {0x1.8d5625f974d4ep+6, -0x1.1260dac36e4d9p-51}},
    {100.0, 0.7, {0x1.ab9f7fb88912cp+6, -0x1.a69d6a07f2498p-50}},
    {100.0, 0.99, {0x1.0f9d0ad1c8f88p+7, 0x1.fcfad0fb0e4dcp-47}},
    {100.0, 0.999999, {0x1.6c40e8ee3ba2p+7, -0x1.22c1ad9ce17e1p-47}},
    {100.0, 0.9999999999999999, {0x1.07a358ee26822p+8, -0x1.e66c21622741cp-48}},
    {1000.0, 1e-300, {0x1.9d10132ebf69ep+6, 0x1.95f9d4508f548p-48}},
    {1000.0, 1e-100, {0x1.42ef18ad3ff8p+8, -0x1.a7276d3b44271p-50}},
    {1000.0, 1e-16, {0x1.51b1cc2a8ec98p+9, 0x1.7be8ca5083378p-45}},
    {1000.0, 1e-05, {0x1.9a4d44a233e26p+9, -0x1.8e0da8aa74f2ep-45}},
    {1000.0, 0.01, {0x1.c174cb0f9d032p+9, -0x1.0343e45ae1b56p-45}},
    {1000.0, 0.3, {0x1.e8096b7036b4bp+9, -0x1.7031ae62af3b1p-45}},
    {1000.0, 0.5, {0x1.f3aaad41f44d1p+9, -0x1.fa490ffd80b11p-48}},
    {1000.0, 0.7, {0x1.ff7add224908p+9, -0x1.1fc9d729d60e5p-45}},
    {1000.0, 0.99, {0x1.14be0400e3321p+10, -0x1.abb3086cb8b74p-47}},
    {1000.0, 0.999999, {0x1.32c9c144cba4ep+10, 0x1.fd3a39c0111c5p-47}},
    {1000.0, 0.9999999999999999, {0x1.612483d2938fap+10, 0x1.7b4be07165327p-45}},
    {1000000.0, 1e-16, {0x1.e2a012a2aca7bp+19, -0x1.9eae1e2985093p-35}},
    {1000000.0, 1e-05, {0x1.e5577fa8ee377p+19, -0x1.86403cbd59d7cp-37}},
    {1000000.0, 0.01, {0x1.e6ad1fa49073dp+19, -0x1.1b5fac9ff92e1p-38}},
    {1000000.0, 0.3, {0x1.e7eb3ce24b7e5p+19, -0x1.cd55c5be6105p-35}},
    {1000000.0, 0.5, {0x1.e847eaaaaad51p+19, 0x1.831ddaf88d742p-35}},
    {1000000.0, 0.7, {0x1.e8a4a42eba63bp+19, 0x1.ae83e0f017851p-38}},
    {1000000.0, 0.99, {0x1.e9e39c99143f6p+19, 0x1.0401afac6e135p-36}},
    {1000000.0, 0.999999, {0x1.eb92184ef0bfbp+19, -0x1.4f31afa8a4485p-35}},
    {1000000.0, 0.9999999999999999, {0x1.edf8cae5fe363p+19, 0x1.54ea689c95eeap-40}},
};

double log_tail(double p) {
    return std::log(std::min(p, 1.0 - p));
}

}  // namespace

BOOST_AUTO_TEST_CASE(probabilities_keep_their_relative_error_in_both_tails) {
    for (const auto& [nu, x, cdf, survival] : probabilities) {
        BOOST_TEST_CONTEXT("degrees of freedom " << nu << ", x = " << x) {
            BOOST_TEST(relative_error(chi_squared_cdf(x, nu), cdf) <
                       5e-16 * (4.0 - std::log(cdf.high)));
            BOOST_TEST(relative_error(chi_squared_survival(x, nu), survival) <
                       5e-16 * (4.0 - std::log(survival.high)));
        }
    }
}

BOOST_AUTO_TEST_CASE(quantiles_keep_their_relative_error_from_1e_300_to_the_last_double) {
    for (const auto& [nu, p, x] : quantiles) {
        BOOST_TEST_CONTEXT("degrees of freedom " << nu << ", p = " << p) {
            BOOST_TEST(relative_error(chi_squared_quantile(p, nu), x) <
                       3e-16 * (4.0 - log_tail(p)));
            BOOST_TEST(relative_error(ChiSquaredQuantile(nu)(p), x) < 3e-16 * (4.0 - log_tail(p)));
        }
    }
}

BOOST_AUTO_TEST_CASE(two_degrees_of_freedom_are_an_exponential_distribution) {
    const ChiSquaredQuantile quantile(2.0);
    double worst = 0.0;
    for (int i = 1; i < 4096; ++i) {
        const double p = i / 4096.0;
        worst = std::max(worst, std::abs(quantile(p) / (-2.0 * std::log1p(-p)) - 1.0));
    }
    BOOST_TEST(worst < 2e-15);
    for (int i = 1; i < 100; ++i) {
        BOOST_TEST(std::abs(chi_squared_survival(i, 2.0) / std::exp(-0.5 * i) - 1.0) < 1e-14);
    }
}

BOOST_AUTO_TEST_CASE(prepared_quantiles_agree_with_direct_ones) {
    std::mt19937_64 random(4);
    std::uniform_real_distribution<double> exponent(-54.0, -1.0);
    for (const double nu : {2.0, 2.5, 4.0, 13.7, 60.0, 1000.0, 1e6, 1e9}) {
        const ChiSquaredQuantile quantile(nu);
        double worst = 0.0;
        for (int i = 0; i < 1000; ++i) {
            const double tail = std::exp2(exponent(random));
            for (const double p : {tail, 1.0 - tail}) {
                if (p == 1.0) continue;
                const double error = std::abs(quantile(p) / chi_squared_quantile(p, nu) - 1.0);
                worst = std::max(worst, error / (4.0 - log_tail(p)));
            }
        }
        BOOST_TEST(worst < 5e-16);
    }
}

BOOST_AUTO_TEST_CASE(quantiles_rise_with_their_probability) {
    for (const double nu : {2.1, 5.0, 40.0, 1e4}) {
        const ChiSquaredQuantile quantile(nu);
        double before = 0.0;
        for (int i = 1; i < (1 << 20); ++i) {
            const double x = quantile(i * 0x1p-20);
            BOOST_TEST_REQUIRE(before < x);
            before = x;
        }
    }
}

BOOST_AUTO_TEST_CASE(
    neighbouring_probabilities_have_quantiles_that_fall_by_no_more_than_the_error) {
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    const ChiSquaredQuantile quantile(4.0);
    for (int i = 0; i < 20'000; ++i) {
        const double p = uniform(random);
        BOOST_TEST_REQUIRE(quantile(std::nextafter(p, 1.0)) >= quantile(p) * (1.0 - 1e-15));
    }
}

BOOST_AUTO_TEST_CASE(the_quantile_of_a_probability_is_its_argument) {
    for (const double nu : {2.1, 5.0, 40.0, 41.0, 300.0, 1e5}) {
        for (int i = 1; i <= 60; ++i) {
            const double x = nu * (1.0 + (i - 30) / 31.0 / std::sqrt(nu));
            const double p = chi_squared_cdf(x, nu);
            BOOST_TEST(std::abs(chi_squared_quantile(p, nu) / x - 1.0) < 2e-14);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_bits_are_the_same_on_every_machine) {
    for (const auto& [nu, digest] : {std::pair{2.1, 0xa0c94c81b17dd0f9U},
                                     {4.0, 0xe8ba5f9106c83df9U},
                                     {1000.0, 0x56b6bcf913c19e5bU}}) {
        BOOST_TEST(bit_digest(ChiSquaredQuantile(nu), 1, (1 << 14) - 1, 0x1p-14) == digest);
    }
    const auto cdf = [](double x) { return chi_squared_cdf(x, 7.5); };
    BOOST_TEST(bit_digest(cdf, 1, 3000, 0x1p-6) == 0x4f4d0f651f887fc9U);
    const auto direct = [](double p) { return chi_squared_quantile(p, 7.5); };
    BOOST_TEST(bit_digest(direct, 1, 1023, 0x1p-10) == 0xa2d33beed1d6c7a0U);
}

BOOST_AUTO_TEST_CASE(the_ends_are_0_and_infinity_and_outside_is_no_number) {
    const ChiSquaredQuantile quantile(5.0);
    BOOST_TEST(quantile(0.0) == 0.0);
    BOOST_TEST(quantile(1.0) == infinity);
    BOOST_TEST(std::isnan(quantile(-0.1)));
    BOOST_TEST(std::isnan(quantile(1.1)));
    BOOST_TEST(std::isnan(quantile(std::nan(""))));
    BOOST_TEST(chi_squared_quantile(0.0, 5.0) == 0.0);
    BOOST_TEST(chi_squared_cdf(-1.0, 5.0) == 0.0);
    BOOST_TEST(chi_squared_cdf(0.0, 5.0) == 0.0);
    BOOST_TEST(chi_squared_cdf(infinity, 5.0) == 1.0);
    BOOST_TEST(chi_squared_survival(0.0, 5.0) == 1.0);
    BOOST_TEST(chi_squared_survival(infinity, 5.0) == 0.0);
    BOOST_TEST(std::isnan(chi_squared_cdf(std::nan(""), 5.0)));
}

BOOST_AUTO_TEST_CASE(degrees_of_freedom_below_2_or_beyond_1e9_are_refused) {
    for (const double nu : {1.99, -1.0, 1.1e9, infinity, std::nan("")}) {
        BOOST_CHECK_EXCEPTION(chi_squared_quantile(0.5, nu), Error, [](const Error& error) {
            return error.code() == ErrorCode::invalid_input &&
                   error.where() == "degrees_of_freedom";
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()
